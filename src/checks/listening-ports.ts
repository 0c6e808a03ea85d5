/** Local TCP ports in state LISTEN, from the text of `/proc/net/tcp` and `/proc/net/tcp6`; sorted. */
export function listeningPorts(procNetTcp: string): readonly number[] {
  const ports = new Set<number>();
  for (const line of procNetTcp.split('\n')) {
    const [, port] = /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A /.exec(line) ?? [];
    if (port !== undefined) ports.add(Number.parseInt(port, 16));
  }
  return [...ports].sort((a, b) => a - b);
}
