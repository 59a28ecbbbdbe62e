package dev.imago.cli;

import dev.imago.accounts.Account;
import dev.imago.accounts.Accounts;
import dev.imago.accounts.ApiKeyStore;
import dev.imago.accounts.Role;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// The keys of a server's callers.
@Command(
    name = "keys",
    mixinStandardHelpOptions = true,
    description = "Make, list, rotate and revoke the keys of a server's callers.",
    subcommands = {
      KeysCommand.Create.class,
      KeysCommand.Listing.class,
      KeysCommand.Rotate.class,
      KeysCommand.Revoke.class
    },
    footer = {
      "",
      "Examples:",
      "  imago keys create --organisation acme --team research --user anna --expires 90d",
      "  imago keys revoke key_2xQ0aPvW7c1R"
    })
final class KeysCommand extends CommandGroup {
  /// Makes a key and tells it, once.
  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Make a key. It is told once, and kept as a hash only.",
      footer = {"", "Example:  imago keys create --organisation acme --models 'tiny*'"})
  static final class Create implements Callable<Integer> {
    @ParentCommand private KeysCommand parent = new KeysCommand();
    @Mixin private AccountsOption accounts = new AccountsOption();

    @Option(
        names = "--name",
        description = "What people call it (default: the user's or the organisation's name).")
    private String name = "";

    @Option(
        names = "--organisation",
        paramLabel = "NAME",
        description = "Whose it is (default: default).")
    private String organisation = "default";

    @Option(names = "--team", paramLabel = "NAME", description = "The team, if any.")
    private String team = "";

    @Option(names = "--user", paramLabel = "NAME", description = "The person, if any.")
    private String user = "";

    @Option(
        names = "--role",
        description = "viewer, annotator, reviewer, member (default), operator or owner.")
    private String role = "member";

    @Option(
        names = "--routes",
        split = ",",
        paramLabel = "PATH",
        description = "The paths that it opens, * at an end for all that begin so (default: all).")
    private List<String> routes = List.of("*");

    @Option(
        names = "--models",
        split = ",",
        paramLabel = "NAME",
        description = "The models that it opens, in the same form (default: all).")
    private List<String> models = List.of("*");

    @Option(
        names = "--expires",
        paramLabel = "TIME",
        description = "When it ends, such as 90d (default: never).")
    private @Nullable String expires;

    @Override
    public Integer call() {
      var wanted =
          new ApiKeyStore.Wanted(
              name.isEmpty() ? user.isEmpty() ? organisation : user : name,
              organisation,
              team,
              user,
              Role.parse(role),
              routes,
              models,
              expires == null ? null : AccountsOption.time("--expires", expires));
      try (Accounts open = accounts.open(parent.imago)) {
        tell(open.keys().create(AccountsOption.actor(), wanted));
      }
      return 0;
    }
  }

  /// The key alone on standard output, so that it can be piped into whatever keeps secrets.
  private static void tell(ApiKeyStore.Made made) {
    System.err.println(
        "%s, of %s. This is the only time that the key is shown:"
            .formatted(made.account().key(), made.account().organisation()));
    System.out.println(made.key());
  }

  /// Lists all keys that were ever made.
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "List all keys: whose they are, what they open, and whether they hold.",
      footer = {"", "Example:  imago keys list"})
  static final class Listing implements Callable<Integer> {
    @ParentCommand private KeysCommand parent = new KeysCommand();
    @Mixin private AccountsOption accounts = new AccountsOption();

    @Override
    public Integer call() {
      long now = Clock.systemUTC().millis();
      var rows = new ArrayList<List<String>>();
      try (Accounts open = accounts.open(parent.imago)) {
        for (Account key : open.keys().all()) {
          rows.add(
              List.of(
                  key.key(),
                  key.beginsWith() + "…",
                  key.name(),
                  key.organisation(),
                  key.team(),
                  key.person(),
                  key.role().word(),
                  String.join(" ", key.routes()),
                  String.join(" ", key.models()),
                  state(key, now)));
        }
      }
      if (rows.isEmpty()) {
        System.out.println("there are no keys; `imago keys create` makes one");
      } else {
        System.out.print(
            Table.render(
                List.of(
                    "id",
                    "key",
                    "name",
                    "organisation",
                    "team",
                    "user",
                    "role",
                    "routes",
                    "models",
                    "state"),
                rows));
      }
      return 0;
    }

    private static String state(Account key, long now) {
      if (key.revoked() != null) {
        return "revoked " + Instant.ofEpochMilli(key.revoked());
      }
      if (key.expires() == null) {
        return "good";
      }
      return (key.holdsAt(now) ? "good until " : "expired ") + Instant.ofEpochMilli(key.expires());
    }
  }

  /// Makes a key in another's place.
  @Command(
      name = "rotate",
      mixinStandardHelpOptions = true,
      description = "Make a key in another's place; the old one goes on for a while.",
      footer = {"", "Example:  imago keys rotate key_2xQ0aPvW7c1R --grace 7d"})
  static final class Rotate implements Callable<Integer> {
    @ParentCommand private KeysCommand parent = new KeysCommand();
    @Mixin private AccountsOption accounts = new AccountsOption();

    @Parameters(
        paramLabel = "ID",
        description = "The key's id, key_…, as `imago keys list` tells it.")
    private String id = "";

    @Option(
        names = "--grace",
        paramLabel = "TIME",
        description = "How long the old one goes on (default: 7d).")
    private String grace = "7d";

    @Override
    public Integer call() {
      Duration left = AccountsOption.time("--grace", grace);
      try (Accounts open = accounts.open(parent.imago)) {
        tell(open.keys().rotate(AccountsOption.actor(), id, left));
      }
      return 0;
    }
  }

  /// Ends a key.
  @Command(
      name = "revoke",
      mixinStandardHelpOptions = true,
      description = "End a key, in every server within a second.",
      footer = {"", "Example:  imago keys revoke key_2xQ0aPvW7c1R"})
  static final class Revoke implements Callable<Integer> {
    @ParentCommand private KeysCommand parent = new KeysCommand();
    @Mixin private AccountsOption accounts = new AccountsOption();

    @Parameters(
        paramLabel = "ID",
        description = "The key's id, key_…, as `imago keys list` tells it.")
    private String id = "";

    @Override
    public Integer call() {
      try (Accounts open = accounts.open(parent.imago)) {
        Account key = open.keys().revoke(AccountsOption.actor(), id);
        System.out.printf(
            "%s of %s is revoked since %s%n",
            key.key(),
            key.organisation(),
            Instant.ofEpochMilli(key.revoked() == null ? 0 : key.revoked()));
      }
      return 0;
    }
  }
}
