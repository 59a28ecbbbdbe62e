-- Which item is next, why somebody got an item, and what was proposed to him then.

alter table project add column next_by varchar(200) default 'order' not null;
alter table project add column random_percent bigint default 10 not null;
alter table project add column retrain_every bigint default 50 not null;
alter table item add column suggested_by varchar(200);
alter table item add column suggested_ppm bigint;
alter table lease add column chosen varchar(40) default '' not null;
alter table lease add column suggestion varchar;
alter table answer add column chosen varchar(40) default '' not null;
alter table answer add column suggestion varchar;
create table wish (
  project varchar(80) not null,
  rank bigint not null,
  item bigint not null,
  chosen varchar(40) not null,
  primary key (project, rank)
);
create table learned (
  project varchar(80) not null,
  round bigint not null,
  at bigint not null,
  labels bigint not null,
  random_right bigint not null,
  random_tested bigint not null,
  chosen_right bigint not null,
  chosen_tested bigint not null,
  primary key (project, round)
);
