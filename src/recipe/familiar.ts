/** Names that people bring along from other tools, and what they are called here. */
export const familiarFields: ReadonlyMap<string, string> = new Map(
  Object.entries({
    arch: 'architecture',
    from: 'base',
    image: 'base',
    parentImage: 'base',
    baseImage: 'base',
    packages: 'components',
    steps: 'components',
    run: 'components',
    provisioners: 'components',
    checks: 'tests',
    formats: 'outputs',
    output: 'outputs',
    vars: 'variables',
    args: 'variables',
    parameters: 'variables',
    copy: 'files',
    env: 'config.env',
    environment: 'config.env',
    user: 'config.user',
    workdir: 'config.workingDir',
    workingDir: 'config.workingDir',
    entrypoint: 'config.entrypoint',
    cmd: 'config.cmd',
    command: 'config.cmd',
    ports: 'config.ports',
    expose: 'config.ports',
    labels: 'config.labels',
    memory: 'limits.memory',
    cpus: 'limits.cpus',
    pids: 'limits.pids',
  }),
);

export const familiarValues: ReadonlyMap<string, string> = new Map(
  Object.entries({
    x86_64: 'amd64',
    x64: 'amd64',
    'linux/amd64': 'amd64',
    aarch64: 'arm64',
    'linux/arm64': 'arm64',
    none: 'off',
    host: 'on',
    bool: 'boolean',
    int: 'number',
    integer: 'number',
    text: 'string',
    array: 'list',
    shell: 'command',
    docker: 'docker-archive',
    tar: 'rootfs',
  }),
);

/** Values that people have reason to expect, and why there are none of them. */
export const unsupportedValues: ReadonlyMap<string, string> = new Map(
  Object.entries({
    xfs: 'Nothing fills an xfs file system with owners, times, attributes and hard links without mounting it.',
  }),
);
