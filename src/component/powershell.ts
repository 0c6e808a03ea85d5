import type { ActionContext, Execution } from './types.ts';

/** Exit status with which a PowerShell script asks for a restart and to be run again; on Linux it arrives as 194. */
export const windowsRebootStatus = 3010;

/**
 * Runs a PowerShell script: with Windows PowerShell on Windows, with `pwsh` elsewhere. The text goes in over stdin, so
 * it has no size limit; it is run from a file that is removed afterwards, so that its exit status is its own.
 */
export function runPowerShell(
  context: ActionContext,
  script: string,
  shown?: readonly string[],
): Promise<Execution> {
  const { os, toolbox } = context.machine;
  const argv =
    os === 'windows' ? [...windowsPowerShell, ...encoded(fromStdin)] : ['pwsh', ...file(scriptPath)];
  return context.execute({
    argv: os === 'windows' ? argv : [...toolbox, 'sh', '-c', launcher],
    stdin: Buffer.from(script),
    shown: shown ? { argv: shown } : { argv: os === 'windows' ? ['powershell.exe'] : argv, script },
  });
}

/** Runs a script that is in the machine. */
export function runPowerShellFile(context: ActionContext, path: string): Promise<Execution> {
  const { os } = context.machine;
  return context.execute({
    argv: os === 'windows' ? [...windowsPowerShell, '-File', path] : ['pwsh', ...file(path)],
  });
}

/** Writes stdin to a file, folders included. */
export function putByPowerShell(
  context: ActionContext,
  path: string,
  stdin: Uint8Array | NodeJS.ReadableStream,
): Promise<Execution> {
  const script = `$ErrorActionPreference = 'Stop'
New-Item -ItemType Directory -Force -Path (Split-Path -Parent ${psQuote(path)}) | Out-Null
$file = [IO.File]::Create(${psQuote(path)})
[Console]::OpenStandardInput().CopyTo($file)
$file.Close()`;
  return context.execute({
    argv: [...windowsPowerShell, ...encoded(script)],
    stdin: stdin as Uint8Array,
    shown: { argv: ['put', path] },
    quiet: true,
  });
}

/** A literal of PowerShell: nothing in it is expanded. PowerShell takes typographic quotes for quotes. */
export function psQuote(text: string): string {
  return `'${text.replace(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;
}

const options = ['-NoLogo', '-NoProfile', '-NonInteractive'];

const windowsPowerShell = ['powershell.exe', ...options, '-ExecutionPolicy', 'Bypass'];

function file(path: string): string[] {
  return [...options, '-File', path];
}

function encoded(script: string): string[] {
  return ['-EncodedCommand', Buffer.from(script, 'utf16le').toString('base64')];
}

/** With a byte order mark, without which Windows PowerShell reads a script as ANSI. */
const fromStdin = `$ErrorActionPreference = 'Stop'
[Console]::OutputEncoding = New-Object Text.UTF8Encoding $false
$reader = New-Object IO.StreamReader([Console]::OpenStandardInput(), [Text.Encoding]::UTF8)
$path = Join-Path ([IO.Path]::GetTempPath()) ('gild-' + [Guid]::NewGuid() + '.ps1')
[IO.File]::WriteAllText($path, $reader.ReadToEnd(), (New-Object Text.UTF8Encoding $true))
try { & powershell.exe ${options.join(' ')} -ExecutionPolicy Bypass -File $path; $code = $LASTEXITCODE }
finally { Remove-Item -LiteralPath $path -Force }
exit $code`;

/** On the machine's own tmpfs, so that it is in no image. */
const scriptPath = '/run/gild-step.ps1';

const launcher = `cat > ${scriptPath} || exit 125
exec pwsh ${file(scriptPath).join(' ')} < /dev/null`;
