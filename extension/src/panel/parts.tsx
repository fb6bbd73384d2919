import { Switch } from '@ohif/ui-next';
import type { ReactNode } from 'react';

/** Name and value on a line of the panel. */
export function Row({
  name,
  help,
  children,
}: {
  readonly name: string;
  /** What it means, on hover. */
  readonly help?: string;
  readonly children: ReactNode;
}) {
  return (
    <div className="flex items-baseline justify-between gap-2 py-0.5" title={help}>
      <span className="text-muted-foreground">{name}</span>
      <span className="text-foreground text-right">{children}</span>
    </div>
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
  return (
    <label className="text-muted-foreground flex flex-col gap-1">
      {label}
      <select
        {...attributes}
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
    </label>
  );
}

/** A switch with what it does before it. */
export function Toggle({
  label,
  explanation,
  checked,
  onChange,
  ...attributes
}: {
  readonly label: string;
  /** For those who cannot see what stands around it. */
  readonly explanation: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly 'data-cy': string;
}) {
  return (
    <div className="flex items-center justify-between py-0.5">
      <span className="text-muted-foreground">{label}</span>
      <Switch
        {...attributes}
        aria-label={explanation}
        checked={checked}
        onCheckedChange={onChange}
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
