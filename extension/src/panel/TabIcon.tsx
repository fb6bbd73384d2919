/** Under this name the viewer knows the icon. */
export const tabIconName = 'tab-cranioplasty';

/** The icon of the tab: a skull from the side, and the patch that closes its vault. */
export function TabIcon(look: { readonly className?: string }) {
  return (
    <svg
      {...look}
      width="22"
      height="22"
      viewBox="0 0 22 22"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden
    >
      <path d="M8.2 3.4C5 4.2 2.8 6.9 2.8 10.2c0 1.4.4 2.4 1 3.3v2.3c0 .7.5 1.2 1.2 1.2h1.3v1.6c0 .6.4 1 1 1h4.2c.6 0 1-.4 1-1v-1.9c3.4-.4 6.2-2.8 6.6-6.3" />
      <circle cx="6.6" cy="11.6" r="1.5" />
      <path d="M10.9 2.6c4 0 7.1 1.9 8.1 5.2l-2.3.8c-.7-2.2-2.9-3.6-5.8-3.6z" fill="currentColor" />
    </svg>
  );
}
