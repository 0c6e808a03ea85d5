/** `sha256:` and 64 lower-case hex digits, as OCI writes it. */
export type Digest = `sha256:${string}`;
