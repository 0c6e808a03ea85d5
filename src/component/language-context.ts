import type { MetadataSource, ParameterSource } from './parameter-sources/types.ts';

/** Where values come from that neither a document nor its caller holds. What is absent fails the step that asks. */
export interface LanguageContext {
  /** For `context:accountId`. */
  readonly accountId?: string | undefined;
  /** For `context:region`. */
  readonly region?: string | undefined;
  /** For `context:date` and `context:dateTime`; the clock of this computer without it. */
  readonly now?: () => Date;
  /** For `context:uuid`; random without it. */
  readonly uuid?: () => string;
  /** For `env:`, before what a command finds in the machine. */
  readonly env?: Readonly<Record<string, string>>;
  /** For `secret:`, by name. */
  readonly secrets?: ReadonlyMap<string, string>;
  /** For `aws:ssm:`. */
  readonly parameters?: ParameterSource | undefined;
  /** For `aws:imds:`. */
  readonly metadata?: MetadataSource | undefined;
  /** Told of each secret value before it is used, for who keeps secrets out of other places. */
  readonly onSecret?: (name: string, value: string) => void;
}

/** What can stand behind `context:`. */
export const contextNames = [
  'executionId',
  'accountId',
  'region',
  'osPlatform',
  'osName',
  'osVersion',
  'date',
  'dateTime',
  'uuid',
  'hostname',
  'phase',
  'step',
] as const;

export type ContextName = (typeof contextNames)[number];

export function isContextName(name: string): name is ContextName {
  return (contextNames as readonly string[]).includes(name);
}
