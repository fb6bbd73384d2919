/** The name under which OHIF knows the mode. */
export const id = '@cranioplasty/mode';
