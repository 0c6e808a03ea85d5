/** A step that misbehaves, and what comes of it: a success, or what people are told. */
export interface Scene {
  readonly name: string;
  /** `@CANARY@`: a folder of the host; `@PORT@`: where something listens on the host. */
  readonly run: string;
  /** A component after it. */
  readonly next?: string;
  readonly outcome: 'success' | RegExp;
  readonly timeoutSeconds?: number;
  readonly recipe?: Readonly<Record<string, unknown>>;
}

const timedOut = /timed out after \d+ seconds?/;
const noEscapee = '! ps | grep -v grep | grep gild-escapee';

export const scenes: readonly Scene[] = [
  // Processes
  { name: 'a fork bomb', run: 'f() { f | f & }; f; sleep 30', outcome: timedOut, timeoutSeconds: 3 },
  { name: 'a kill of everybody', run: 'sleep 50 & kill -9 -1', outcome: 'success', next: 'true' },
  { name: 'an end by its own hand', run: "sh -c 'kill -9 $$'", outcome: /exit status 137/ },
  { name: 'a crash', run: "sh -c 'kill -SEGV $$'", outcome: /exit status 139/ },
  { name: 'an exit code above all', run: 'exit 255', outcome: /exit status 255/ },
  {
    name: 'a daemon',
    run: 'setsid sh -c "exec sleep 4242" gild-escapee < /dev/null > /dev/null 2>&1 &',
    next: noEscapee,
    outcome: 'success',
  },
  {
    name: 'a daemon that keeps the output open',
    run: 'setsid sleep 4243 & echo gone',
    next: noEscapee,
    outcome: 'success',
  },
  {
    name: 'twenty daemons that ignore signals',
    run: 'for i in $(seq 20); do (trap "" TERM HUP INT; setsid sh -c "while :; do sleep 1; done" gild-escapee &) ; done; true',
    next: noEscapee,
    outcome: 'success',
  },
  {
    name: 'a deaf step',
    run: 'trap "" TERM HUP INT QUIT; while :; do sleep 1; done',
    outcome: timedOut,
    timeoutSeconds: 1,
  },
  { name: 'a stopped step', run: "sh -c 'kill -STOP $$'", outcome: timedOut, timeoutSeconds: 1 },
  {
    name: 'a greedy step',
    run: 'tail /dev/zero',
    outcome: /out of memory/,
    recipe: { limits: { memory: '64MiB' } },
  },
  {
    name: 'a step that fills shared memory',
    run: 'dd if=/dev/zero of=/dev/shm/x bs=1M count=2000',
    outcome: /No space left on device|out of memory/,
  },
  {
    name: 'a step that fills /run',
    run: 'dd if=/dev/zero of=/run/x bs=1M count=2000',
    outcome: /No space left on device|out of memory/,
  },
  {
    name: 'a step that fills /dev',
    run: 'dd if=/dev/zero of=/dev/x bs=1M count=2000',
    outcome: /No space left on device/,
  },

  // Files
  {
    name: 'a sparse file of a terabyte',
    run: 'truncate -s 1000000000000 /big',
    outcome: /larger than \d+ bytes/,
  },
  {
    name: 'folders 10,000 deep',
    run: 'i=0; while [ $i -lt 10000 ]; do mkdir d && cd d; i=$((i+1)); done',
    outcome: /File name too long|deeper than/,
  },
  { name: 'folders 300 deep', run: 'mkdir -p /$(seq -s / 300)', outcome: /deeper than 256 folders/ },
  {
    name: 'five thousand files',
    run: 'mkdir /many; cd /many; seq 5000 | xargs touch',
    next: 'test $(ls /many | wc -l) -eq 5000',
    outcome: 'success',
  },
  {
    name: 'names of 255 bytes',
    run: 'n=$(head -c 255 /dev/zero | tr "\\0" a); mkdir /$n; touch /$n/$n',
    outcome: 'success',
  },
  {
    name: 'names that are no text',
    run: 'touch "$(printf "/\\377\\376")" "$(printf "/new\\nline")" "$(printf "/esc\\033[2J")"',
    outcome: 'success',
  },
  {
    name: 'the name of a deletion',
    run: 'touch /.wh.etc',
    outcome: /names with `\.wh\.` in front mean deletions/,
  },
  {
    name: 'the name of an emptied folder',
    run: 'mkdir /x; touch /x/.wh..wh..opq',
    outcome: /names with `\.wh\.` in front/,
  },
  {
    name: 'the attribute of an emptied folder',
    run: 'mkdir -p /x; setfattr -n user.overlay.opaque -v y /x || true',
    outcome: 'success',
  },
  {
    name: 'a pipe left behind',
    run: 'mkfifo /var/fifo /etc/os-release.fifo',
    next: 'test -p /var/fifo',
    outcome: 'success',
  },
  {
    name: 'folders that nobody may read',
    run: 'mkdir /closed; echo x > /closed/x; chmod 000 /closed /var',
    next: 'test -f /closed/x',
    outcome: 'success',
  },
  {
    name: 'setuid programs',
    run: 'cp /bin/busybox /bin/evil; chmod 6755 /bin/evil',
    next: 'test -u /bin/evil',
    outcome: 'success',
  },
  { name: 'times to come', run: 'touch -d 2099-01-01 /later', outcome: 'success' },
  { name: 'time before all time', run: 'touch -d 1901-12-14 /early', outcome: 'success' },
  {
    name: 'owners beyond the range',
    run: 'touch /x; chown 4000000000 /x',
    outcome: /Invalid argument|invalid|exit status 1/i,
  },
  {
    name: 'the end of /',
    run: 'rm -rf / --no-preserve-root || true; rm -rf /* || true',
    outcome: 'success',
  },
  {
    name: 'a link to a folder of the host',
    run: 'ln -s @CANARY@ /host',
    next: 'touch /host/gild-was-here || true; mkdir -p @CANARY@; touch @CANARY@/gild-was-here',
    outcome: 'success',
  },
  {
    name: '/tmp as a link to /etc',
    run: 'rm -rf /tmp; ln -s /etc /tmp',
    next: 'touch /tmp/x',
    outcome: 'success',
  },
  {
    name: '/root as a link to the host',
    run: 'rm -rf /root; ln -s @CANARY@ /root',
    next: 'true',
    outcome: 'success',
  },

  // What Gild itself looks at
  {
    name: 'a database of users that never ends',
    run: 'rm /etc/passwd; mkfifo /etc/passwd',
    next: 'true',
    outcome: 'success',
  },
  {
    name: 'a database of users of 200 MB',
    run: 'head -c 200000000 /dev/zero | tr "\\0" x > /etc/passwd',
    next: 'true; rm /etc/passwd',
    outcome: 'success',
  },
  {
    name: 'a database of users that is a link to the host, before tests',
    run: 'ln -sf @CANARY@/passwd /etc/passwd',
    outcome: /no user `app`|expected|cannot|tests? (failed|passed)|failed/,
    recipe: { tests: [{ name: 'a user', type: 'command', run: 'true', user: 'app' }] },
  },
  {
    name: 'a database of packages that never ends',
    run: 'mkdir -p /var/lib/dpkg; mkfifo /var/lib/dpkg/status',
    outcome: 'success',
  },
  {
    name: 'a system without an identity',
    run: 'rm -f /etc/os-release; mkfifo /etc/os-release',
    outcome: 'success',
  },
  {
    name: 'a policy for services that is a link',
    run: 'mkdir -p /usr/sbin; ln -sf /etc/passwd /usr/sbin/policy-rc.d || true; mv /usr /usr2 || true',
    next: 'grep -q root /etc/passwd',
    outcome: 'success',
  },
  {
    name: 'hostile programs in every folder',
    run: 'for n in tar cp find chown touch xargs rm env bash; do for d in /bin /usr/bin /usr/local/bin /sbin; do mkdir -p $d; rm -f $d/$n; printf "#!/bin/busybox sh\\nbusybox touch @CANARY@/gild-was-here /gild-hostile; exit 0\\n" > $d/$n; chmod 755 $d/$n; done; done',
    next: 'echo still here',
    outcome: 'success',
  },
  {
    name: 'a hostile shell',
    run: 'printf "#!/bin/busybox sh\\necho hostile; exit 7\\n" > /bin/sh.new; chmod 755 /bin/sh.new; mv /bin/sh.new /bin/sh',
    next: 'true',
    outcome: /exit status 7/,
  },
  { name: 'no shell any more', run: 'rm /bin/sh', next: 'true', outcome: 'success' },
  {
    name: 'a step that writes to the scripts of others',
    run: 'for i in 1 2 3; do ln -sf /etc/passwd /run/gild-step.sh; rm -rf /run/gild* || true; mkdir -p /run/gild-step.sh || true; done',
    next: 'grep -q root /etc/passwd',
    outcome: 'success',
  },
  {
    name: 'a program that follows libraries',
    run: 'echo /hostile.so > /etc/ld.so.preload; printf hostile > /hostile.so',
    next: 'true',
    outcome: 'success',
  },

  // Output
  {
    name: '50 MB of output',
    run: 'yes 0123456789012345678901234567890123456789012345678 | head -c 50000000',
    outcome: 'success',
  },
  { name: 'a line of 50 MB', run: 'head -c 50000000 /dev/zero | tr "\\0" x', outcome: 'success' },
  { name: 'output that is no text', run: 'head -c 1000000 /dev/urandom', outcome: 'success' },
  {
    name: 'escape sequences',
    run: 'printf "\\033]0;pwned\\007\\033[2J\\033[31mred\\r\\b\\b\\u009b2J\\n" >&2; exit 4',
    outcome: /exit status 4/,
  },
  { name: 'closed output', run: 'exec > /dev/null 2>&1 >&-; true', outcome: 'success' },
  {
    name: 'words that look like ours',
    run: 'echo "run success in 0.1s"; echo "[image] small@9.9.9/9 available"; exit 5',
    outcome: /exit status 5/,
  },

  // Network
  {
    name: 'metadata of the cloud',
    run: '! nc -w 3 169.254.169.254 80 < /dev/null',
    outcome: 'success',
    recipe: { network: 'on' },
  },
  {
    name: 'a server of the host, by loopback',
    run: '! (nc -w 3 127.0.0.1 @PORT@ < /dev/null | grep reached)',
    outcome: 'success',
    recipe: { network: 'on' },
  },
  {
    name: 'a server of the host, by the gateway',
    run: '! (nc -w 3 10.0.2.2 @PORT@ < /dev/null | grep reached)',
    outcome: 'success',
    recipe: { network: 'on' },
  },
  { name: 'any address with the network off', run: '! nc -w 3 192.0.2.1 80 < /dev/null', outcome: 'success' },
];
