// Constants that esbuild.config.mjs writes into the bundles.

/** Version of the package. */
declare const VERSION: string
