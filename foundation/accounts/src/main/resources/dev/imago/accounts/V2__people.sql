-- People who sign in. What is secret is kept as a hash: passwords by Argon2id, links and cookies by the server's HMAC.

create table login (
  name varchar(60) primary key,
  organisation varchar(60) not null,
  password varchar(300) not null,
  outside varchar(600) unique,
  created bigint not null,
  foreign key (organisation, name) references person (organisation, name)
);

create table invitation (
  hash varchar(64) primary key,
  name varchar(60) not null,
  organisation varchar(60) not null,
  role varchar(20) not null,
  invited_by varchar(200) not null,
  created bigint not null,
  expires bigint not null
);

create table login_session (
  hash varchar(64) primary key,
  name varchar(60) not null references login (name),
  created bigint not null,
  seen bigint not null
);

create index login_session_name on login_session (name);

create table login_failure (
  subject varchar(200) primary key,
  failures bigint not null,
  last bigint not null
);
