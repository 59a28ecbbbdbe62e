-- Where organisations are told of soft limits that are passed; and what they are yet to be told.

create table webhook (
  organisation varchar(60) primary key references organisation (name),
  address varchar(1000) not null,
  created bigint not null
);

create table notice (
  id varchar(60) primary key,
  organisation varchar(60) not null,
  content varchar(4000) not null,
  tries integer not null,
  due bigint not null
);
create index notice_by_due on notice (due);
