package dev.imago.cli;

import dev.imago.accounts.Accounts;
import dev.imago.accounts.Limits;
import dev.imago.accounts.Prices;
import dev.imago.accounts.TokenPrice;
import dev.imago.core.ConfigException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// What callers may use, and what it costs.
@Command(
    name = "budget",
    mixinStandardHelpOptions = true,
    description = "Set what callers may use, and what it costs; see how much is used.",
    subcommands = {
      BudgetCommand.SetLimit.class,
      BudgetCommand.ShowLimits.class,
      BudgetCommand.SetPrice.class,
      BudgetCommand.ShowPrices.class,
      BudgetCommand.SetOrganisation.class,
      BudgetCommand.SetWebhook.class
    },
    footer = {
      "",
      "Examples:",
      "  imago budget organisation acme --zone Asia/Shanghai --currency EUR",
      "  imago budget price '*' --input 0.20 --cached 0.05 --output 0.80 --currency EUR",
      "  imago budget set team research money 50.00 --per month --organisation acme",
      "  imago budget set key key_2xQ0aPvW7c1R answers 4"
    })
final class BudgetCommand extends CommandGroup {
  /// Sets a limit, or takes it away.
  @Command(
      name = "set",
      mixinStandardHelpOptions = true,
      description = "Set a limit; the amount none takes it away.",
      footer = {
        "",
        "Example:  imago budget set team research money 50.00 --per month --organisation acme"
      })
  static final class SetLimit implements Callable<Integer> {
    @ParentCommand private BudgetCommand parent = new BudgetCommand();
    @Mixin private AccountsOption accounts = new AccountsOption();

    @Parameters(index = "0", paramLabel = "SCOPE", description = "organisation, team, user or key.")
    private String scope = "";

    @Parameters(index = "1", paramLabel = "WHO", description = "Its name, or the key's id.")
    private String who = "";

    @Parameters(
        index = "2",
        paramLabel = "WHAT",
        description = "requests, tokens, answers (at a time) or money.")
    private String measure = "";

    @Parameters(index = "3", paramLabel = "AMOUNT", description = "The most; money like 50.00.")
    private String amount = "";

    @Option(
        names = "--per",
        description = "minute, day or month, in the organisation's zone (default: month).")
    private @Nullable String per;

    @Option(
        names = "--organisation",
        paramLabel = "NAME",
        description = "Whose team or user it is (default: default).")
    private String organisation = "default";

    @Option(names = "--soft", description = "Warn beyond it, and refuse nothing.")
    private boolean soft;

    @Override
    public Integer call() {
      if (per != null && measure.equals("answers")) {
        throw new ConfigException(
            "--per = %s counts nothing: answers are counted as they are under way; leave it out"
                .formatted(per));
      }
      String stretch = per == null ? "month" : per;
      try (Accounts open = accounts.open(parent.imago)) {
        open.limits()
            .set(
                AccountsOption.actor(),
                new Limits.Wanted(scope, organisation, who, measure, stretch, amount, !soft));
        show(open);
      }
      return 0;
    }
  }

  /// Shows all limits and where they stand.
  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Show all limits, what is used and left of each, and when it begins anew.",
      footer = {"", "Example:  imago budget show"})
  static final class ShowLimits implements Callable<Integer> {
    @ParentCommand private BudgetCommand parent = new BudgetCommand();
    @Mixin private AccountsOption accounts = new AccountsOption();

    @Override
    public Integer call() {
      try (Accounts open = accounts.open(parent.imago)) {
        show(open);
      }
      return 0;
    }
  }

  private static void show(Accounts open) {
    var rows = new ArrayList<List<String>>();
    for (Limits.Standing each : open.limits().all()) {
      boolean now = each.limit().measure().word().equals("answers");
      rows.add(
          List.of(
              each.limit().organisation(),
              each.limit().scope().word(),
              each.limit().subject(),
              each.limit().measure().word(),
              now ? "at a time" : each.limit().period().word(),
              each.limit().hard() ? "hard" : "soft",
              each.amountText(),
              each.usedText(),
              each.leftText(),
              now ? "" : Instant.ofEpochMilli(each.resetsMillis()).toString()));
    }
    System.out.print(
        rows.isEmpty()
            ? "there are no limits; `imago budget set` makes one%n".formatted()
            : Table.render(
                List.of(
                    "organisation",
                    "scope",
                    "who",
                    "what",
                    "per",
                    "kind",
                    "amount",
                    "used",
                    "left",
                    "anew at"),
                rows));
  }

  /// Sets a price from a day on.
  @Command(
      name = "price",
      mixinStandardHelpOptions = true,
      description = "Set what a million tokens of a model cost from a day on.",
      footer = {"", "Example:  imago budget price '*' --input 0.20 --output 0.80 --currency EUR"})
  static final class SetPrice implements Callable<Integer> {
    @ParentCommand private BudgetCommand parent = new BudgetCommand();
    @Mixin private AccountsOption accounts = new AccountsOption();

    @Parameters(
        paramLabel = "MODEL",
        description = "Its name, or * for those without a price of their own.")
    private String model = "";

    @Option(names = "--input", required = true, description = "Of prompts.")
    private String input = "";

    @Option(
        names = "--cached",
        description = "Of prompts' tokens that were computed before (default: as input).")
    private @Nullable String cached;

    @Option(names = "--output", required = true, description = "Of answers.")
    private String output = "";

    @Option(names = "--reasoning", description = "Of thoughts (default: as output).")
    private @Nullable String reasoning;

    @Option(names = "--currency", description = "Three letters (default: EUR).")
    private String currency = "EUR";

    @Option(
        names = "--from",
        paramLabel = "DATE",
        description = "The first day, such as 2026-12-01 (default: today).")
    private @Nullable String from;

    @Override
    public Integer call() {
      var price =
          new TokenPrice(
              currency,
              Prices.amount("--input", input),
              Prices.amount("--cached", cached == null ? input : cached),
              Prices.amount("--output", output),
              Prices.amount("--reasoning", reasoning == null ? output : reasoning));
      try (Accounts open = accounts.open(parent.imago)) {
        open.prices().set(AccountsOption.actor(), new Prices.Entry(model, day(), price));
        prices(open);
      }
      return 0;
    }

    private LocalDate day() {
      if (from == null) {
        return LocalDate.now(ZoneOffset.UTC);
      }
      try {
        return LocalDate.parse(from);
      } catch (DateTimeException e) {
        throw new ConfigException(
            "--from = %s is no day; give one like 2026-12-01".formatted(from), e);
      }
    }
  }

  /// Shows the price lists.
  @Command(
      name = "prices",
      mixinStandardHelpOptions = true,
      description = "Show what a million tokens of each model cost, from which day on.",
      footer = {"", "Example:  imago budget prices"})
  static final class ShowPrices implements Callable<Integer> {
    @ParentCommand private BudgetCommand parent = new BudgetCommand();
    @Mixin private AccountsOption accounts = new AccountsOption();

    @Override
    public Integer call() {
      try (Accounts open = accounts.open(parent.imago)) {
        prices(open);
      }
      return 0;
    }
  }

  private static void prices(Accounts open) {
    var rows = new ArrayList<List<String>>();
    for (Prices.Entry each : open.prices().all()) {
      TokenPrice p = each.price();
      rows.add(
          List.of(
              each.model(),
              each.from().toString(),
              Prices.text(p.input()),
              Prices.text(p.cached()),
              Prices.text(p.output()),
              Prices.text(p.reasoning()),
              p.currency()));
    }
    System.out.print(
        rows.isEmpty()
            ? "there are no prices; `imago budget price` sets one%n".formatted()
            : Table.render(
                List.of("model", "from", "input", "cached", "output", "reasoning", "currency"),
                rows));
  }

  /// Sets where an organisation is told of soft limits.
  @Command(
      name = "webhook",
      mixinStandardHelpOptions = true,
      description = {
        "Set where an organisation is told that a soft limit was passed, once each; none is"
            + " nowhere.",
        "What is sent is signed as Standard Webhooks has it; the secret is told here, each time."
      },
      footer = {"", "Example:  imago budget webhook acme https://example.com/hook"})
  static final class SetWebhook implements Callable<Integer> {
    @ParentCommand private BudgetCommand parent = new BudgetCommand();
    @Mixin private AccountsOption accounts = new AccountsOption();

    @Parameters(index = "0", paramLabel = "ORGANISATION", description = "Who is told.")
    private String organisation = "";

    @Parameters(index = "1", paramLabel = "ADDRESS", description = "http or https, or none.")
    private String address = "";

    @Override
    public Integer call() {
      boolean none = address.equals("none");
      try (Accounts open = accounts.open(parent.imago)) {
        String secret =
            open.webhooks().set(AccountsOption.actor(), organisation, none ? "" : address);
        System.out.println(
            none
                ? organisation + " is told nowhere"
                : "%s is told there; what comes is signed with %s".formatted(organisation, secret));
      }
      return 0;
    }
  }

  /// Makes an organisation, or moves its zone.
  @Command(
      name = "organisation",
      mixinStandardHelpOptions = true,
      description = "Make an organisation, with its time zone and currency, or change its zone.",
      footer = {"", "Example:  imago budget organisation acme --zone Asia/Shanghai"})
  static final class SetOrganisation implements Callable<Integer> {
    @ParentCommand private BudgetCommand parent = new BudgetCommand();
    @Mixin private AccountsOption accounts = new AccountsOption();

    @Parameters(paramLabel = "NAME", description = "Its name.")
    private String name = "";

    @Option(
        names = "--zone",
        description = "Such as Asia/Shanghai: in which its days begin (default: UTC).")
    private String zone = "UTC";

    @Option(names = "--currency", description = "Three letters (default: EUR).")
    private String currency = "EUR";

    @Override
    public Integer call() {
      try (Accounts open = accounts.open(parent.imago)) {
        var made = open.organisations().set(AccountsOption.actor(), name, zone, currency);
        System.out.printf("%s: %s, %s%n", made.name(), made.zone(), made.currency());
      }
      return 0;
    }
  }
}
