package dev.imago.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.EnvironmentException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What holds on every database.
abstract class StateContract {
  static final StateSchema SHOP =
      new StateSchema(
          "shop",
          List.of(
              new StateSchema.Migration(
                  1,
                  "goods",
                  "create table good (id varchar(40) primary key, stock bigint not null);"),
              new StateSchema.Migration(
                  2,
                  "prices",
                  "alter table good add column price bigint default 7 not null;"
                      + " create index good_price on good (price);")));

  /// An address of a database that is empty, or that the same test has filled.
  abstract StateAddress address();

  private State open() {
    return State.open(address(), SHOP);
  }

  private static void stock(State state, String good, long stock) {
    state.durably(tx -> tx.update("insert into shop.good (id, stock) values (?, ?)", good, stock));
  }

  static long count(State state, String sql, Object... values) {
    return state.transaction(tx -> tx.number(sql, values));
  }

  private static long stockOf(State state, String good) {
    return count(state, "select stock from shop.good where id = ?", good);
  }

  @Test
  void whatIsCommittedIsThereForTheNextWhoOpens() {
    try (State state = open()) {
      stock(state, "tea", 3);
    }
    try (State state = open()) {
      assertEquals(3, stockOf(state, "tea"));
    }
  }

  @Test
  void workThatFailsLeavesNothing() {
    try (State state = open()) {
      assertThrows(
          IllegalArgumentException.class,
          () ->
              state.transaction(
                  tx -> {
                    tx.update("insert into shop.good (id, stock) values ('ink', 1)");
                    throw new IllegalArgumentException("changed my mind");
                  }));
      assertEquals(0, count(state, "select count(*) from shop.good"));
    }
  }

  @Test
  void whatIsDoneTogetherHoldsAsAWholeOrNotAtAll() {
    try (State state = open()) {
      assertThrows(
          IllegalArgumentException.class,
          () ->
              state.together(
                  () -> {
                    stock(state, "ink", 1);
                    assertEquals(1, stockOf(state, "ink"));
                    throw new IllegalArgumentException("changed my mind");
                  }));
      assertEquals(0, count(state, "select count(*) from shop.good"));
      assertThrows(
          IllegalStateException.class,
          () ->
              state.together(
                  () -> {
                    stock(state, "ink", 1);
                    var _ = count(state, "select nothing from shop.good");
                  }));
      state.together(
          () -> {
            stock(state, "ink", 1);
            stock(state, "nib", 2);
          });
      assertEquals(3, count(state, "select sum(stock) from shop.good"));
    }
  }

  @Test
  void aStatementThatIsWrongIsADefectOfOurs() {
    try (State state = open()) {
      assertThrows(
          IllegalStateException.class,
          () -> state.transaction(tx -> tx.number("select nothing from shop.good")));
      stock(state, "tea", 1); // and the connection is of use all the same
      assertThrows(IllegalStateException.class, () -> stock(state, "tea", 2));
      assertEquals(1, stockOf(state, "tea"));
    }
  }

  @Test
  void dataOfAnEarlierVersionIsTakenAlong() {
    try (State state = State.open(address(), SHOP.upTo(1))) {
      stock(state, "tea", 3);
    }
    try (State state = open()) {
      assertEquals(7, count(state, "select price from shop.good"));
    }
  }

  @Test
  void aStateOfANewerProgramIsRefused() {
    open().close();
    var refusal =
        assertThrows(EnvironmentException.class, () -> State.open(address(), SHOP.upTo(1)));
    assertTrue(refusal.getMessage().contains("version 2"), refusal.getMessage());
  }

  /// Two that lock the same rows in opposite order: one is given up by the database, and run again.
  @Test
  void deadlocksAreRunAgain() throws Exception {
    try (State state = open();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      stock(state, "tea", 0);
      stock(state, "ink", 0);
      var both = new CyclicBarrier(2);
      var met = new boolean[2];
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        int me = i;
        running.add(
            threads.submit(
                () ->
                    state.transaction(
                        tx -> {
                          tx.update(ADD_ONE, me == 0 ? "tea" : "ink");
                          if (!met[me]) {
                            met[me] = true;
                            meet(both);
                          }
                          return tx.update(ADD_ONE, me == 0 ? "ink" : "tea");
                        })));
      }
      for (Future<?> each : running) {
        each.get();
      }
      assertEquals(2, stockOf(state, "tea"));
      assertEquals(2, stockOf(state, "ink"));
    }
  }

  private static final String ADD_ONE = "update shop.good set stock = stock + 1 where id = ?";

  private static void meet(CyclicBarrier both) {
    try {
      both.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void rowsThatAreLockedAreCountedOneAfterTheOther() throws Exception {
    try (State state = open();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      stock(state, "tea", 0);
      List<Future<Integer>> running =
          IntStream.range(0, 64)
              .mapToObj(
                  _ ->
                      threads.submit(
                          () ->
                              state.<Integer>durably(
                                  tx -> {
                                    long seen =
                                        tx.number(
                                            "select stock from shop.good where id = 'tea' for"
                                                + " update");
                                    return tx.update(
                                        "update shop.good set stock = ? where id = 'tea'",
                                        seen + 1);
                                  })))
              .toList();
      for (Future<Integer> each : running) {
        each.get();
      }
      assertEquals(64, stockOf(state, "tea"));
    }
  }

  @Test
  void manyRowsGoInAtOnceAndComeOutInOrder() {
    try (State state = open()) {
      List<Object[]> rows =
          IntStream.range(0, 2_500)
              .mapToObj(i -> new Object[] {"good%04d".formatted(i), (long) i})
              .toList();
      state.transaction(
          tx ->
              tx.updateAll(
                  "insert into shop.good (id, stock) values (?, ?) on conflict do nothing", rows));
      int[] again =
          state.transaction(
              tx ->
                  tx.updateAll(
                      "insert into shop.good (id, stock) values (?, ?) on conflict do nothing",
                      rows.subList(0, 2)));
      assertEquals(0, again[0] + again[1]);
      List<Long> stocks =
          state.transaction(
              tx -> tx.list("select stock from shop.good order by id", row -> row.number("stock")));
      assertEquals(IntStream.range(0, 2_500).mapToObj(i -> (long) i).toList(), stocks);
    }
  }
}
