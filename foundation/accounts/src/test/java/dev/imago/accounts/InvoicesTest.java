package dev.imago.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.state.State;
import dev.imago.state.StateAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InvoicesTest {
  @TempDir Path folder;
  private Office office;

  @BeforeEach
  void aMonthThatIsOver() {
    office = new Office(folder);
    office.price();
    Account account = office.key().account();
    try (Metering server = office.accounts.metering()) {
      server
          .reserve(account, office.use(2_000_000, 1_000))
          .settle(RequestOutcome.ANSWERED, new TokenUse(1_234_567, 0, 500, 0));
    }
    office.time.set("2026-12-01T08:00:00Z");
  }

  @AfterEach
  void close() {
    office.close();
  }

  @Test
  void anInvoiceIsTheMonthsSumWithTaxInWholeCents() {
    Invoice made = office.accounts.invoices().create("root", "acme", "2026-11", 1900);
    assertEquals(1, made.number());
    assertEquals(1_235_567, made.lines().getFirst().cost());
    assertEquals(1_240_000, made.net());
    assertEquals(240_000, made.tax()); // 0.2356
    assertEquals("1.48", made.grossText());
    assertEquals(made, office.accounts.invoices().named(1));
    assertEquals(List.of(), office.accounts.invoices().differences());
  }

  @Test
  void aMonthIsChargedOnceUntilItIsTakenBack() {
    Invoices invoices = office.accounts.invoices();
    invoices.create("root", "acme", "2026-11", 0);
    assertThrows(ConfigException.class, () -> invoices.create("root", "acme", "2026-11", 0));
    Invoice note = invoices.credit("root", 1);
    assertEquals(2, note.number());
    assertEquals(-1_240_000, note.gross());
    assertThrows(ConfigException.class, () -> invoices.credit("root", 1));
    assertEquals(3, invoices.create("root", "acme", "2026-11", 0).number());
    assertThrows(ConfigException.class, () -> invoices.create("root", "acme", "2026-12", 0));
    assertThrows(ConfigException.class, () -> invoices.create("root", "acme", "2026-10", 0));
    assertEquals(4, invoices.credit("root", 3).number());
    assertEquals(4, invoices.all().size());
  }

  @Test
  void manyAtOnceLeaveNoGap() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Invoice>> running =
          IntStream.range(0, 16)
              .mapToObj(
                  i ->
                      threads.submit(
                          () -> office.accounts.invoices().create("root", "acme", "2026-11", i)))
              .toList();
      int made = 0;
      for (Future<Invoice> each : running) {
        try {
          each.get();
          made++;
        } catch (java.util.concurrent.ExecutionException e) {
          assertTrue(e.getCause() instanceof ConfigException, e.toString());
        }
      }
      assertEquals(1, made);
    }
    assertEquals(2, office.accounts.invoices().credit("root", 1).number());
  }

  @Test
  void aChangedInvoiceIsFoundOut() {
    office.accounts.invoices().create("root", "acme", "2026-11", 0);
    try (State state = State.open(StateAddress.in(folder))) {
      state.durably(
          tx ->
              tx.update(
                  "update accounts.invoice set content = replace(content, '1240000', '1000000')"));
    }
    assertThrows(ConfigException.class, () -> office.accounts.invoices().named(1));
  }

  @Test
  void namesDoNoHarmInATableOrAPage() {
    var invoice =
        new Invoice(
            1,
            "invoice",
            "=HYPERLINK(\"http://x\")",
            "2026-11",
            "UTC",
            0,
            "2026-12-01",
            "EUR",
            List.of(
                new Invoice.Line("@sum,<b>", 1, 2, 0, 3, 0, 1_500_000),
                new Invoice.Line("plain", 1, 2, 0, 3, 0, -7)),
            1_500_000,
            1900,
            285_000,
            1_785_000);
    List<String> csv = InvoiceText.csv(invoice).lines().toList();
    assertEquals(
        "1,invoice,\"'=HYPERLINK(\"\"http://x\"\")\",2026-11,\"'@sum,<b>\",1,2,0,3,0,1.50,EUR",
        csv.get(1));
    assertTrue(csv.get(2).endsWith(",plain,1,2,0,3,0,-0.000007,EUR"), csv.get(2));
    String page = InvoiceText.html(invoice);
    assertTrue(page.contains("@sum,&lt;b&gt;") && !page.contains("<b>"), page);
    assertTrue(page.contains("19.00 %") && page.contains("1.785"), page);
    assertTrue(InvoiceText.json(invoice).contains("\"gross\" : 1785000"));
  }
}
