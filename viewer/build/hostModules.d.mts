/** Webpack `externals` (type `var`) for everything that the viewer provides. */
export declare const hostExternals: Record<string, string>;

/** Generates the script that hands the viewer's modules out; throws if one cannot be found. */
export declare function createHostScript(dist: string, sources: readonly string[]): string;
