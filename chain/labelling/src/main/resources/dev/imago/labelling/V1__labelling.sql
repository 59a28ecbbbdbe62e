create table project (
  name varchar(80) primary key,
  task varchar not null,
  version bigint not null,
  secret varchar(64) not null,
  lease_ms bigint not null,
  most_each bigint not null,
  gold_every bigint not null,
  plain_percent bigint not null,
  next_item bigint not null
);
create table task_version (
  project varchar(80) not null,
  version bigint not null,
  task varchar not null,
  at bigint not null,
  primary key (project, version)
);
create table person (
  project varchar(80) not null,
  name varchar(200) not null,
  number bigint not null,
  removed boolean not null,
  place bigint not null,
  given bigint not null,
  primary key (project, name)
);
create table item (
  project varchar(80) not null,
  number bigint not null,
  id varchar(400) not null,
  fields varchar not null,
  text_hash varchar(64) not null,
  gold varchar,
  is_gold boolean not null,
  suggestion varchar,
  place bigint not null,
  wanted bigint not null,
  held bigint not null,
  done bigint not null,
  is_open boolean not null,
  returned boolean not null,
  primary key (project, number)
);
create unique index item_by_id on item (project, id);
create index item_in_order on item (project, is_open, returned, place);
create index item_gold on item (project, is_gold, number);
create table lease (
  project varchar(80) not null,
  item bigint not null,
  person varchar(200) not null,
  until_ms bigint not null,
  primary key (project, item, person)
);
create index lease_until on lease (project, until_ms);
create table answer (
  project varchar(80) not null,
  item bigint not null,
  person varchar(200) not null,
  revision bigint not null,
  version bigint not null,
  answer varchar not null,
  skipped boolean not null,
  note varchar not null,
  suggested boolean not null,
  at bigint not null,
  primary key (project, item, person)
);
create index answer_by_person on answer (project, person, at);
create table history (
  project varchar(80) not null,
  client varchar(80) not null,
  number bigint not null,
  item bigint not null,
  person varchar(200) not null,
  act varchar(20) not null,
  revision bigint not null,
  version bigint not null,
  answer varchar not null,
  note varchar not null,
  outcome varchar not null,
  at bigint not null,
  primary key (project, person, client)
);
create index history_of_item on history (project, item, person, revision);
