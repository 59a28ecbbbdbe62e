package dev.imago.accounts;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/// The same on PostgreSQL: `IMAGO_POSTGRES=1 mvn test -Pconformance -pl foundation/accounts`.
@Tag("conformance")
class PeopleOnPostgresTest extends PeopleTest {
  private static @Nullable PostgresServer postgres;

  @BeforeAll
  static void start() {
    postgres = PostgresServer.start();
  }

  @AfterAll
  static void stop() throws IOException {
    if (postgres != null) {
      postgres.close();
    }
  }

  @Override
  Office office() {
    return Objects.requireNonNull(postgres).office(folder);
  }
}
