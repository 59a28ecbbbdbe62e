-- Sessions go, and with them went when somebody was here.

alter table login add column seen bigint default 0 not null;

update login set seen = coalesce((select max(s.seen) from login_session s where s.name = login.name), 0);
