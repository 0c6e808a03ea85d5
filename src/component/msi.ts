import { createReadStream } from 'node:fs';
import { fetchSource } from './fetch-source.ts';
import { flag, oneOf, optionalText, text, textMap, textOr } from './fields.ts';
import { psQuote, putByPowerShell, runPowerShell } from './powershell.ts';
import type { Action, ActionContext, ActionResult } from './types.ts';

const fields = {
  path: text('The MSI file: a path in the machine, an s3:// or an http(s) URL.'),
  reboot: textOr(
    'Allow',
    'Allow: if the installer asks for it; Force: after success; Skip: never.',
    oneOf('Allow', 'Force', 'Skip'),
  ),
  logOptions: textOr('*VX', 'Flags for the `/L` of msiexec.', (flags) =>
    /^[iwearucmopvx+!*]+$/i.test(flags) ? undefined : 'flags out of `iwearucmopvx+!*`',
  ),
  logFile: optionalText('Where msiexec writes its log; it writes none by default.', (path) =>
    path.includes('"') ? 'a path without `"`' : undefined,
  ),
  properties: textMap(
    'Properties of the installer by name; REBOOT, REINSTALL and REINSTALLMODE cannot be set.',
  ),
  ignoreAuthenticodeSignatureErrors: flag(false, 'Whether a wrong signature is accepted.'),
  allowUnsignedInstaller: flag(false, 'Whether an installer without a signature is accepted.'),
};

/** InstallMSI and UninstallMSI: `mode` is the option of msiexec, `success` the exit codes that count as such. */
export function msiAction(
  name: string,
  options: { readonly summary: string; readonly mode: '/i' | '/x'; readonly success: readonly number[] },
): Action<typeof fields> {
  return {
    name,
    summary: options.summary,
    shape: 'map',
    platforms: ['windows'],
    fields,
    outputs: ['logFile', 'msiExitCode', 'stdout'],
    check: ({ path, properties }) => {
      if (path.includes('"')) return { field: 'path', message: '`path` must be without `"`.' };
      for (const [key, value] of Object.entries(properties)) {
        const message = propertyProblem(key, value);
        if (message) return { field: 'properties', message };
      }
      return undefined;
    },
    run: async ([item], context) => {
      if (!item) return { kind: 'done' };
      const local = await bring(item.path, context);
      if (typeof local !== 'string') return local;
      const script = msiScript({ ...item, path: local, isOurs: local !== item.path, mode: options.mode });
      const execution = await runPowerShell(context, script, ['msiexec.exe', options.mode, item.path]);
      const { exitCode, complaint } = execution;
      const outputs = [
        {
          logFile: item.logFile ?? '',
          msiExitCode: String(exitCode),
          stdout: execution.stdout.toString('utf8').trimEnd(),
        },
      ];
      if (!options.success.includes(exitCode)) {
        return { kind: 'failed', message: complaint ?? `msiexec: exit status ${exitCode}`, outputs };
      }
      const asks = exitCode === 1641 || exitCode === 3010;
      const mode = item.reboot.toLowerCase();
      if (mode === 'force' || (mode === 'allow' && asks)) {
        context.note('The machine restarts.');
        await context.machine.reboot();
      }
      return { kind: 'done', outputs };
    },
  };
}

/** What Gild itself decides about an installer. */
const fixed = ['REBOOT', 'REINSTALL', 'REINSTALLMODE'];

function propertyProblem(key: string, value: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_.]*$/.test(key)) return `\`${key}\` is not the name of a property.`;
  if (fixed.includes(key.toUpperCase())) return `The property ${key} cannot be set.`;
  const inner = /^".*"$/s.test(value) ? value.slice(1, -1) : value;
  if (inner.replaceAll('""', '').includes('"'))
    return `A \`"\` inside the property ${key} is written \`""\`.`;
  return undefined;
}

/** The path in the machine; what has an address is fetched on the host and put there. */
async function bring(path: string, context: ActionContext): Promise<string | ActionResult> {
  if (!/^(s3|https?):\/\//i.test(path)) return path;
  const fetched = await fetchSource({ url: path }, context);
  if ('kind' in fetched) return fetched;
  try {
    const target = `C:\\Windows\\Temp\\gild-${fetched.sha256.slice(0, 16)}.msi`;
    const { exitCode, complaint } = await putByPowerShell(context, target, createReadStream(fetched.path));
    return exitCode === 0 ? target : { kind: 'failed', message: complaint ?? `exit status ${exitCode}` };
  } finally {
    await fetched.release();
  }
}

function msiScript(options: {
  readonly path: string;
  readonly isOurs: boolean;
  readonly mode: string;
  readonly logOptions: string;
  readonly logFile: string | undefined;
  readonly properties: Readonly<Record<string, string>>;
  readonly ignoreAuthenticodeSignatureErrors: boolean;
  readonly allowUnsignedInstaller: boolean;
}): string {
  const { path, mode, logOptions, logFile } = options;
  const log = logFile === undefined ? [] : [`/L${logOptions}`, `"${logFile}"`];
  const properties = Object.entries(options.properties).map(
    ([key, value]) => `${key}=${quoteProperty(value)}`,
  );
  const line = [mode, `"${path}"`, '/qn', '/norestart', ...log, ...properties, 'REBOOT=ReallySuppress'].join(
    ' ',
  );
  return `$ErrorActionPreference = 'Stop'
function Stop-Here($message) { [Console]::Error.WriteLine($message); exit 1 }
$msi = ${psQuote(path)}
if (-not (Test-Path -LiteralPath $msi)) { Stop-Here "$msi does not exist" }
$status = [string](Get-AuthenticodeSignature -LiteralPath $msi).Status
if ($status -eq 'NotSigned') { ${options.allowUnsignedInstaller ? '' : 'Stop-Here "$msi is not signed"'} }
elseif ($status -ne 'Valid') { ${options.ignoreAuthenticodeSignatureErrors ? '' : 'Stop-Here "The signature of $msi is not valid: $status"'} }
${
  logFile === undefined
    ? ''
    : `$folder = Split-Path -Parent ${psQuote(logFile)}
if ($folder) { New-Item -ItemType Directory -Force -Path $folder | Out-Null }
`
}$process = Start-Process msiexec.exe -ArgumentList ${psQuote(line)} -Wait -PassThru -NoNewWindow
${options.isOurs ? 'Remove-Item -LiteralPath $msi -Force\n' : ''}exit $process.ExitCode
`;
}

function quoteProperty(value: string): string {
  return /^".*"$/s.test(value) || !/[\s"]/.test(value) ? value : `"${value}"`;
}
