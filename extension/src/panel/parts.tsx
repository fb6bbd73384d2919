import { Switch } from '@ohif/ui-next';
import { useId, useState, type ReactNode } from 'react';
import { Explained, MeaningBox, useMeaning } from './Explained.tsx';

/** Name and value on a line of the panel. */
export function Row({
  name,
  help,
  children,
}: {
  readonly name: string;
  /** What it means, on hover and where the name has the focus. */
  readonly help?: string;
  readonly children: ReactNode;
}) {
  return (
    <div className="relative flex items-baseline justify-between gap-2 py-0.5" title={help}>
      {help === undefined ? (
        <span className="text-muted-foreground">{name}</span>
      ) : (
        <Explained help={help}>{name}</Explained>
      )}
      <span className="text-foreground text-right">{children}</span>
    </div>
  );
}

/** A part of the panel that can be folded away; what is in it stays in the page. */
export function Fold({
  title,
  open = false,
  level = 'section',
  children,
  ...attributes
}: {
  readonly title: string;
  /** Whether it begins open; changes when this changes. */
  readonly open?: boolean;
  readonly level?: 'section' | 'part';
  readonly children: ReactNode;
  readonly 'data-cy'?: string;
}) {
  const look =
    level === 'section'
      ? 'bg-popover hover:bg-accent text-muted-foreground my-0.5 rounded py-1 pl-2'
      : 'text-foreground py-1';
  return (
    <details {...attributes} open={open}>
      <summary className={`${look} cursor-pointer text-[13px]`}>{title}</summary>
      {children}
    </details>
  );
}

/** A list to choose from, with what it is for above it. */
export function Choice({
  label,
  value,
  items,
  none,
  disabled,
  onChoose,
  ...attributes
}: {
  readonly label: string;
  readonly value: string;
  readonly items: readonly { readonly key: string; readonly label: string }[];
  /** What stands first and chooses nothing. */
  readonly none?: string;
  readonly disabled: boolean;
  readonly onChoose: (key: string) => void;
  readonly 'data-cy': string;
}) {
  const id = useId();
  return (
    <div className="text-muted-foreground flex flex-col gap-1">
      <label htmlFor={id}>{label}</label>
      <select
        {...attributes}
        id={id}
        className="text-foreground bg-background border-input w-full rounded border px-1 py-1"
        value={value}
        disabled={disabled}
        onChange={(event) => onChoose(event.target.value)}
      >
        {none !== undefined && <option value="">{none}</option>}
        {items.map((item) => (
          <option key={item.key} value={item.key}>
            {item.label}
          </option>
        ))}
      </select>
    </div>
  );
}

/** A switch with what it does before it, which is its name. */
export function Toggle({
  label,
  help,
  before,
  checked,
  onChange,
  ...attributes
}: {
  readonly label: string;
  /** More about it, on hover and where the switch has the focus. */
  readonly help?: string;
  readonly before?: ReactNode;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly 'data-cy': string;
}) {
  const id = useId();
  const meaning = useMeaning();
  return (
    <div className="relative flex items-center gap-2 py-0.5" title={help}>
      {before}
      <label htmlFor={id} className="text-muted-foreground flex-1">
        {label}
      </label>
      <Switch
        {...attributes}
        {...(help === undefined ? {} : meaning.handlers)}
        id={id}
        checked={checked}
        onCheckedChange={onChange}
      />
      {help !== undefined && <MeaningBox {...meaning}>{help}</MeaningBox>}
    </div>
  );
}

/** A slider with what it sets before it, which is its name. */
export function Range({
  label,
  min,
  max,
  step,
  value,
  text,
  disabled,
  onChange,
  ...attributes
}: {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: number;
  /** The value in words. */
  readonly text: string;
  readonly disabled?: boolean;
  readonly onChange: (value: number) => void;
  readonly 'data-cy': string;
}) {
  const id = useId();
  return (
    <div className="flex items-center gap-2 py-0.5">
      <label htmlFor={id} className="text-muted-foreground flex-1">
        {label}
      </label>
      <input
        {...attributes}
        id={id}
        type="range"
        style={{ width: 90 }}
        min={min}
        max={max}
        step={step}
        value={value}
        aria-valuetext={text}
        disabled={disabled}
        onChange={(event) => onChange(Number(event.target.value))}
      />
    </div>
  );
}

/** What the colours of a scale mean. */
export function ScaleBar({
  gradient,
  low,
  high,
}: {
  readonly gradient: string;
  readonly low: string;
  readonly high: string;
}) {
  return (
    <div className="flex items-center gap-2 py-0.5">
      <span>{low}</span>
      <span
        aria-hidden
        className="flex-1"
        style={{ height: 10, borderRadius: 3, background: gradient }}
      />
      <span>{high}</span>
    </div>
  );
}

/** A square of the colour in which something is drawn. */
export function Swatch({ rgb }: { readonly rgb: readonly number[] }) {
  const background = `rgb(${rgb.join(',')})`;
  return <span aria-hidden style={{ width: 12, height: 12, borderRadius: 3, background }} />;
}

const colours = { error: '#f87171', warning: '#fbbf24', note: '#9ca3af' } as const;

/** A sentence that must not be overlooked. */
export function Notice({
  tone,
  children,
  ...attributes
}: {
  readonly tone: keyof typeof colours;
  readonly children: ReactNode;
  readonly 'data-cy'?: string;
  readonly role?: 'alert' | 'status';
}) {
  return (
    <div
      {...attributes}
      className="my-1 rounded px-2 py-1"
      style={{ border: `1px solid ${colours[tone]}`, color: colours[tone] }}
    >
      {children}
    </div>
  );
}

/** A warning in a few words, which unfolds to its sentence. */
export function FoldedWarning({
  title,
  children,
}: {
  readonly title: string;
  readonly children: string;
}) {
  const [open, setOpen] = useState(false);
  return (
    <details
      className="my-0.5 rounded px-2 py-0.5"
      style={{ border: `1px solid ${colours.warning}`, color: colours.warning }}
      title={open ? undefined : children}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary className="cursor-pointer">{title}</summary>
      <div>{children}</div>
    </details>
  );
}
