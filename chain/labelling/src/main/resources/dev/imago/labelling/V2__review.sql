-- Review. Of an item, review is 0 until it is answered by as many as are wanted, then 1 where they agree and 2 where they differ, and 3 once a reviewer has decided.

alter table person add column role varchar(20) default 'annotator' not null;
alter table item add column review bigint default 0 not null;
update item set review = 1 where is_gold = false and done >= wanted;
update item set review = 2 where review = 1 and (select count(distinct a.answer) from answer a where a.project = item.project and a.item = item.number and a.skipped = false) > 1;
create index item_review on item (project, review, number);
create table decision (
  project varchar(80) not null,
  item bigint not null,
  reviewer varchar(200) not null,
  accepted varchar(200),
  answer varchar not null,
  note varchar not null,
  version bigint not null,
  at bigint not null,
  primary key (project, item)
);
create table sent_back (
  project varchar(80) not null,
  person varchar(200) not null,
  item bigint not null,
  reviewer varchar(200) not null,
  why varchar not null,
  at bigint not null,
  primary key (project, person, item)
);
create table review_lease (
  project varchar(80) not null,
  item bigint not null,
  reviewer varchar(200) not null,
  until_ms bigint not null,
  primary key (project, item)
);
create index review_lease_of on review_lease (project, reviewer);
create index review_lease_until on review_lease (project, until_ms);
