/** Webpack `externals` (type `var`) for everything that the viewer provides. */
export declare const hostExternals: Record<string, string>;

/** The viewer is not one that the product knows; the message lists all that was missed. */
export declare class UnknownViewerError extends Error {}

/**
 * Generates the script that hands the viewer's modules out.
 * @throws UnknownViewerError
 */
export declare function createHostScript(dist: string, sources: readonly string[]): string;
