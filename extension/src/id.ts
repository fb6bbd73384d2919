/** The name under which OHIF knows the extension. */
export const id = '@cranioplasty/extension';

/** Names of the modules that the mode refers to. */
export const moduleNames = {
  panel: 'cranioplasty',
  hangingProtocol: 'cranioplasty',
  sopClassHandler: 'cranioplasty-results',
} as const;
