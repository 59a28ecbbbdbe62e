/// State in SQL: transactions, migrations, durability.
@SuppressWarnings("requires-automatic") // none of the three has a descriptor
module dev.imago.state {
  requires com.h2database;
  requires dev.imago.core;
  requires flyway.core;
  requires java.logging;
  requires org.postgresql.jdbc;
  requires transitive java.sql;
  requires static transitive org.jspecify;

  exports dev.imago.state;
}
