/** Put in by the build. */
export const VERSION = process.env['JETWAY_VERSION'] ?? '0.0.0'
