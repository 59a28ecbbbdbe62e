package dev.imago.cli;

import dev.imago.accounts.Accounts;
import dev.imago.accounts.CsvCells;
import dev.imago.accounts.Invoice;
import dev.imago.accounts.InvoiceText;
import dev.imago.accounts.RevenueShares;
import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.Workspace;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Invoices of a month.
@Command(
    name = "invoice",
    mixinStandardHelpOptions = true,
    description = "Make, show and export invoices of a month, and take them back.",
    subcommands = {
      InvoiceCommand.Create.class,
      InvoiceCommand.Showing.class,
      InvoiceCommand.Export.class,
      InvoiceCommand.Shares.class
    },
    footer = {
      "",
      "Examples:",
      "  imago invoice create acme 2026-11 --tax 19",
      "  imago invoice export 1 --out invoice-1.html"
    })
final class InvoiceCommand extends CommandGroup {
  /// Makes an invoice or a credit note.
  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Make the invoice of a month that is over, or take one back.",
      footer = {"", "Example:  imago invoice create acme 2026-11 --tax 19"})
  static final class Create implements Callable<Integer> {
    @ParentCommand private InvoiceCommand parent = new InvoiceCommand();
    @Mixin private AccountsOption accounts = new AccountsOption();

    @Parameters(index = "0", arity = "0..1", paramLabel = "ORGANISATION", description = "Who pays.")
    private @Nullable String organisation;

    @Parameters(index = "1", arity = "0..1", paramLabel = "MONTH", description = "Such as 2026-11.")
    private @Nullable String month;

    @Option(
        names = "--tax",
        paramLabel = "PER CENT",
        description = "Such as 19 or 7.5 (default: 0).")
    private String tax = "0";

    @Option(
        names = "--credit",
        paramLabel = "NUMBER",
        description = "Take this invoice back instead.")
    private @Nullable Long credit;

    @Override
    public Integer call() {
      if (credit == null && (organisation == null || month == null)) {
        throw new ConfigException(
            "name an organisation and a month, or an invoice to take back with --credit");
      }
      try (Accounts open = accounts.open(parent.imago)) {
        Invoice made =
            credit != null
                ? open.invoices().credit(AccountsOption.actor(), credit)
                : open.invoices()
                    .create(
                        AccountsOption.actor(),
                        String.valueOf(organisation),
                        String.valueOf(month),
                        rate());
        tell(List.of(made));
      }
      return 0;
    }

    /// In hundredths of a per cent.
    private int rate() {
      try {
        return new BigDecimal(tax).movePointRight(2).intValueExact();
      } catch (ArithmeticException | NumberFormatException e) {
        throw new ConfigException(
            "--tax = %s is no per cent with at most two digits after the point".formatted(tax), e);
      }
    }
  }

  private static void tell(List<Invoice> invoices) {
    var rows = new ArrayList<List<String>>();
    for (Invoice each : invoices) {
      rows.add(
          List.of(
              String.valueOf(each.number()),
              each.corrects() == 0 ? each.kind() : each.kind() + " for " + each.corrects(),
              each.organisation(),
              each.month(),
              each.created(),
              each.grossText(),
              each.currency()));
    }
    System.out.print(
        rows.isEmpty()
            ? "there are no invoices; `imago invoice create` makes one%n".formatted()
            : Table.render(
                List.of("number", "kind", "organisation", "month", "made", "total", "currency"),
                rows));
  }

  /// Shows all invoices.
  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Show all invoices and credit notes.",
      footer = {"", "Example:  imago invoice show"})
  static final class Showing implements Callable<Integer> {
    @ParentCommand private InvoiceCommand parent = new InvoiceCommand();
    @Mixin private AccountsOption accounts = new AccountsOption();

    @Override
    public Integer call() {
      try (Accounts open = accounts.open(parent.imago)) {
        tell(open.invoices().all());
      }
      return 0;
    }
  }

  /// Writes an invoice into a file.
  @Command(
      name = "export",
      mixinStandardHelpOptions = true,
      description = "Write an invoice as HTML, CSV or JSON, by the file's ending.",
      footer = {"", "Example:  imago invoice export 1 --out invoice-1.html"})
  static final class Export implements Callable<Integer> {
    @ParentCommand private InvoiceCommand parent = new InvoiceCommand();
    @Mixin private AccountsOption accounts = new AccountsOption();

    @Parameters(paramLabel = "NUMBER", description = "The invoice's number.")
    private long number;

    @Option(names = "--out", paramLabel = "FILE", description = "Default: invoice-NUMBER.html.")
    private @Nullable Path out;

    @Override
    public Integer call() {
      Path file = out == null ? Path.of("invoice-%d.html".formatted(number)) : out;
      String name = String.valueOf(file.getFileName());
      try (Accounts open = accounts.open(parent.imago)) {
        Invoice invoice = open.invoices().named(number);
        AtomicFile.write(
            file,
            switch (name.substring(name.lastIndexOf('.') + 1)) {
              case "html" -> InvoiceText.html(invoice);
              case "csv" -> InvoiceText.csv(invoice);
              case "json" -> InvoiceText.json(invoice);
              default ->
                  throw new ConfigException(
                      "--out = %s ends in none of .html, .csv, .json".formatted(file));
            });
      }
      System.out.println(file);
      return 0;
    }
  }

  /// Divides an invoice among the owners of what its models were made of.
  @Command(
      name = "shares",
      mixinStandardHelpOptions = true,
      description = {
        "Divide an invoice's net among the owners of data, labels and models in the lineage of"
            + " what",
        "it charges, to the last millionth. A report: nothing is booked by it."
      },
      footer = {"", "Example:  imago invoice shares 1 --owners owners.yaml"})
  static final class Shares implements Callable<Integer> {
    @ParentCommand private InvoiceCommand parent = new InvoiceCommand();
    @Mixin private AccountsOption accounts = new AccountsOption();

    @Parameters(paramLabel = "NUMBER", description = "The invoice's number, or a credit note's.")
    private long number;

    @Option(
        names = "--owners",
        paramLabel = "FILE",
        required = true,
        description = {
          "Whose what is, in YAML: operator: US; models: {tiny: weights/3f2a}; owners: {raw/8c1d:",
          "{owner: News, percent: '20'}}."
        })
    private Path owners = Path.of("owners.yaml");

    @Option(names = "--csv", description = "Write a table that other programs read.")
    private boolean csv;

    @Override
    public Integer call() {
      OwnersFile file = OwnersFile.read(owners, new Workspace(parent.imago.workspace()));
      var rows = new ArrayList<List<String>>();
      Invoice invoice;
      try (Accounts open = accounts.open(parent.imago)) {
        invoice = open.invoices().named(number);
      }
      List<RevenueShares.Share> shares = RevenueShares.of(invoice, file.parts(), file.operator());
      notes(file, shares);
      for (RevenueShares.Share each : shares) {
        rows.add(
            List.of(
                csv ? CsvCells.text(each.owner()) : each.owner(),
                csv ? CsvCells.text(each.model()) : each.model(),
                each.of(),
                "%d.%02d".formatted(each.part() / 100, each.part() % 100),
                each.amountText(),
                invoice.currency()));
      }
      var header = List.of("owner", "model", "of", "percent", "amount", "currency");
      if (csv) {
        System.out.print(CsvCells.row(header));
        rows.forEach(row -> System.out.print(CsvCells.row(row)));
      } else {
        System.out.print(Table.render(header, rows));
        RevenueShares.byOwner(shares)
            .forEach(
                (owner, amount) ->
                    System.out.printf(
                        "%s: %s %s%n", owner, RevenueShares.text(amount), invoice.currency()));
      }
      return 0;
    }

    /// What a slip in the file would look like: it takes from nobody, and gives all to the
    /// operator.
    private void notes(OwnersFile file, List<RevenueShares.Share> shares) {
      shares.stream()
          .map(RevenueShares.Share::model)
          .distinct()
          .filter(model -> !file.parts().containsKey(model))
          .forEach(
              model ->
                  System.err.printf(
                      "imago: %s has no model %s: all of it is the operator's%n", owners, model));
      file.idle()
          .forEach(
              artifact ->
                  System.err.printf(
                      "imago: no model of %s was made of %s: its owner has nothing of it%n",
                      owners, artifact));
    }
  }
}
