import type { ReactNode } from 'react';

/** Name and value on a line of the panel. */
export function Row({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-2 py-0.5">
      <span className="text-muted-foreground">{name}</span>
      <span className="text-foreground text-right">{children}</span>
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
