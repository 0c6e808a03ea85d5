import { psQuote, windowsRebootStatus } from './powershell.ts';

/**
 * A script of PowerShell that installs updates from the source that the machine is set up with. `include` and
 * `exclude` hold numbers of articles, with or without KB, and names with `*`. Ends with 3010 where the machine must
 * restart, after which it is run again: some updates appear only then.
 */
export function windowsUpdateScript(include: readonly string[], exclude: readonly string[]): string {
  return `$ErrorActionPreference = 'Stop'
function Test-Match($update, $patterns) {
  foreach ($pattern in $patterns) {
    if ($pattern -match '^(KB)?(\\d+)$') {
      foreach ($article in $update.KBArticleIDs) { if ($article -eq $Matches[2]) { return $true } }
    } elseif ($update.Title -like $pattern) { return $true }
  }
  return $false
}
$include = ${list(include)}
$exclude = ${list(exclude)}
$session = New-Object -ComObject Microsoft.Update.Session
$found = $session.CreateUpdateSearcher().Search('IsInstalled=0 and IsHidden=0')
$updates = New-Object -ComObject Microsoft.Update.UpdateColl
foreach ($update in $found.Updates) {
  if ($include.Count -gt 0 -and -not (Test-Match $update $include)) { continue }
  if (Test-Match $update $exclude) { continue }
  if (-not $update.EulaAccepted) { $update.AcceptEula() }
  Write-Output $update.Title
  [void]$updates.Add($update)
}
if ($updates.Count -eq 0) { Write-Output 'Nothing to update.'; exit 0 }
$downloader = $session.CreateUpdateDownloader()
$downloader.Updates = $updates
[void]$downloader.Download()
$installer = $session.CreateUpdateInstaller()
$installer.Updates = $updates
$result = $installer.Install()
if ($result.ResultCode -ne 2) { [Console]::Error.WriteLine("The installation ended with $($result.ResultCode)"); exit 1 }
if ($result.RebootRequired) { exit ${windowsRebootStatus} }
`;
}

function list(patterns: readonly string[]): string {
  return `@(${patterns.map(psQuote).join(', ')})`;
}
