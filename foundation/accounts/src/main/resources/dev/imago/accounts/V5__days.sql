-- Coarser sums of the same entries, for reports over long times: all of a day by UTC, and an organisation's of a quarter of an hour.

create table usage_day (
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

create table usage_total (
  begins bigint not null,
  organisation varchar(60) not null,
  currency varchar(3) not null,
  requests bigint not null,
  input bigint not null,
  cached bigint not null,
  output bigint not null,
  reasoning bigint not null,
  cost bigint not null,
  primary key (begins, organisation, currency)
);

insert into usage_day (begins, organisation, team, person, api_key, model, currency, requests, input, cached, output, reasoning, cost)
  select begins - mod(begins, 86400000), organisation, team, person, api_key, model, currency, sum(requests), sum(input), sum(cached), sum(output), sum(reasoning), sum(cost)
  from usage_sum group by begins - mod(begins, 86400000), organisation, team, person, api_key, model, currency;

insert into usage_total (begins, organisation, currency, requests, input, cached, output, reasoning, cost)
  select begins, organisation, currency, sum(requests), sum(input), sum(cached), sum(output), sum(reasoning), sum(cost)
  from usage_sum group by begins, organisation, currency;
