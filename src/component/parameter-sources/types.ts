/** Where values for `{{ aws:ssm:/name }}` come from. */
export interface ParameterSource {
  /** Undefined if it has no such parameter; throws `PARAMETER_STORE_FAILED` if it cannot tell. */
  read(name: string, signal?: AbortSignal): Promise<StoredParameter | undefined>;
}

export interface StoredParameter {
  readonly value: string;
  /** Of a SecureString: no log, record or failure shows it. */
  readonly secret: boolean;
}

/** Where values for `{{ aws:imds:path }}` come from: a path under `meta-data/`. */
export interface MetadataSource {
  read(path: string, signal?: AbortSignal): Promise<string | undefined>;
}
