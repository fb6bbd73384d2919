import { useId, useState, type KeyboardEvent, type ReactNode } from 'react';

/** Where the meaning of a word is, and whether it is shown. */
export interface Meaning {
  /** Of the element that describes the word. */
  readonly id: string;
  readonly shown: boolean;
  /** For the element that has the focus: shows the meaning as long as it has, or until Escape. */
  readonly handlers: {
    readonly 'aria-describedby': string;
    onFocus(): void;
    onBlur(): void;
    onKeyDown(event: KeyboardEvent): void;
  };
}

/** Shows a meaning to those who have no mouse; on hover its element's `title` does. */
export function useMeaning(): Meaning {
  const id = useId();
  const [shown, show] = useState(false);
  return {
    id,
    shown,
    handlers: {
      'aria-describedby': id,
      onFocus: () => show(true),
      onBlur: () => show(false),
      onKeyDown: ({ key }) => {
        if (key === 'Escape') show(false);
      },
    },
  };
}

/** What a word means, below the line that it stands on, which must be positioned. */
export function MeaningBox({ id, shown, children }: Meaning & { readonly children: string }) {
  return (
    <span
      id={id}
      role="tooltip"
      hidden={!shown}
      className="bg-popover text-foreground border-input rounded border px-2 py-1 text-left"
      style={{ position: 'absolute', left: 0, right: 0, top: '100%', minWidth: 180, zIndex: 20 }}
    >
      {children}
    </span>
  );
}

/** A word that can be asked what it means, by mouse, keyboard and screen reader. */
export function Explained({
  help,
  children,
}: {
  readonly help: string;
  readonly children: ReactNode;
}) {
  const meaning = useMeaning();
  return (
    <>
      <button
        type="button"
        className="text-muted-foreground text-left"
        style={{ textDecoration: 'underline dotted', cursor: 'help' }}
        {...meaning.handlers}
      >
        {children}
      </button>
      <MeaningBox {...meaning}>{help}</MeaningBox>
    </>
  );
}
