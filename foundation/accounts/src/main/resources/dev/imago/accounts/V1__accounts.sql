-- Times are milliseconds since 1970, money is millionths of a currency's unit. '' stands for none.

create table organisation (
  name varchar(60) primary key,
  zone varchar(60) not null,
  currency varchar(3) not null,
  created bigint not null
);

create table team (
  organisation varchar(60) not null references organisation (name),
  name varchar(60) not null,
  created bigint not null,
  primary key (organisation, name)
);

create table person (
  organisation varchar(60) not null references organisation (name),
  name varchar(60) not null,
  team varchar(60) not null,
  role varchar(20) not null,
  created bigint not null,
  primary key (organisation, name)
);

create table api_key (
  id varchar(40) primary key,
  name varchar(200) not null,
  organisation varchar(60) not null references organisation (name),
  team varchar(60) not null,
  person varchar(60) not null,
  role varchar(20) not null,
  hash varchar(64) not null unique,
  begins_with varchar(20) not null,
  routes varchar(2000) not null,
  models varchar(2000) not null,
  created bigint not null,
  expires bigint,
  revoked bigint,
  successor varchar(40) not null
);

-- What caches look at to see whether they are stale; and numbers that are given out without gaps.
create table version (
  name varchar(40) primary key,
  number bigint not null
);

create table setting (
  name varchar(40) primary key,
  content varchar(4000) not null
);

create table audit (
  number bigint primary key,
  at bigint not null,
  actor varchar(200) not null,
  action varchar(60) not null,
  subject varchar(200) not null,
  detail varchar(4000) not null,
  previous varchar(64) not null,
  hash varchar(64) not null
);

create table price (
  model varchar(200) not null,
  valid_from bigint not null,
  currency varchar(3) not null,
  input bigint not null,
  cached bigint not null,
  output bigint not null,
  reasoning bigint not null,
  primary key (model, valid_from)
);

create table usage_limit (
  id varchar(40) primary key,
  scope varchar(20) not null,
  organisation varchar(60) not null,
  subject varchar(60) not null,
  measure varchar(20) not null,
  period varchar(20) not null,
  amount bigint not null,
  hard boolean not null,
  unique (scope, organisation, subject, measure, period, hard)
);

create table counter (
  usage_limit varchar(40) not null,
  begins bigint not null,
  used bigint not null,
  reserved bigint not null,
  primary key (usage_limit, begins)
);

create table replica (
  id varchar(40) primary key,
  lease bigint not null
);

create table hold (
  request varchar(60) primary key,
  replica varchar(40) not null,
  content varchar(8000) not null
);
create index hold_by_replica on hold (replica);

create table entry (
  request varchar(60) primary key,
  corrects varchar(60) not null,
  at bigint not null,
  organisation varchar(60) not null,
  team varchar(60) not null,
  person varchar(60) not null,
  api_key varchar(40) not null,
  route varchar(100) not null,
  model varchar(200) not null,
  outcome varchar(20) not null,
  input bigint not null,
  cached bigint not null,
  output bigint not null,
  reasoning bigint not null,
  cost bigint not null,
  currency varchar(3) not null
);
create index entry_by_organisation on entry (organisation, at);

-- The entries' sums by quarter of an hour, of which every zone's hours, days and months are made.
create table usage_sum (
  begins bigint not null,
  organisation varchar(60) not null,
  team varchar(60) not null,
  person varchar(60) not null,
  api_key varchar(40) not null,
  model varchar(200) not null,
  currency varchar(3) not null,
  requests bigint not null,
  input bigint not null,
  cached bigint not null,
  output bigint not null,
  reasoning bigint not null,
  cost bigint not null,
  primary key (begins, organisation, team, person, api_key, model, currency)
);

create table invoice (
  number bigint primary key,
  kind varchar(20) not null,
  organisation varchar(60) not null,
  charged_month varchar(7) not null,
  corrects bigint not null,
  gross bigint not null,
  created bigint not null,
  content varchar not null,
  hash varchar(64) not null
);
create index invoice_by_organisation on invoice (organisation, charged_month);
