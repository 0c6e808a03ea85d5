/** The schema's history. Only ever append: a store remembers how many of these it has seen. */
export const migrations: readonly string[] = [
  `
  create table images (
    id integer primary key,
    name text not null,
    major integer not null,
    minor integer not null,
    patch integer not null,
    build integer not null,
    state text not null,
    created_at text not null,
    run_id text not null,
    record text not null,
    digest text not null,
    unique (name, major, minor, patch, build)
  ) strict;

  create table image_blobs (
    image_id integer not null references images (id) on delete cascade,
    digest text not null,
    primary key (image_id, digest)
  ) strict, without rowid;

  create table image_layers (
    image_id integer not null references images (id) on delete cascade,
    diff_id text not null,
    primary key (image_id, diff_id)
  ) strict, without rowid;

  create table image_parents (
    image_id integer not null references images (id) on delete cascade,
    parent text not null,
    primary key (image_id, parent)
  ) strict, without rowid;
  create index image_parents_by_parent on image_parents (parent);

  create table versions (
    name text not null,
    major integer not null,
    minor integer not null,
    patch integer not null,
    last_build integer not null,
    primary key (name, major, minor, patch)
  ) strict, without rowid;

  create table runs (
    id text primary key not null,
    image text not null,
    recipe text not null,
    plan_id text not null,
    started_at text not null,
    finished_at text,
    status text not null,
    pid integer not null,
    process text not null
  ) strict;
  create index runs_by_start on runs (started_at);
  create index runs_by_image on runs (image, started_at);
  `,
  `
  create table work (
    key text primary key not null,
    kind text not null,
    name text not null,
    image text not null,
    record text not null,
    digest text not null,
    created_at text not null,
    used_at text not null,
    uses integer not null,
    seconds real not null
  ) strict;
  create index work_by_name on work (image, name, used_at);

  create table work_layers (
    key text not null references work (key) on delete cascade,
    diff_id text not null,
    primary key (key, diff_id)
  ) strict, without rowid;

  create table work_blobs (
    key text not null references work (key) on delete cascade,
    digest text not null,
    primary key (key, digest)
  ) strict, without rowid;
  `,
];
