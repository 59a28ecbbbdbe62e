package dev.imago.cli;

import dev.imago.accounts.Accounts;
import dev.imago.accounts.People;
import dev.imago.accounts.Role;
import dev.imago.console.ConsoleConfig;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// The people who sign in to the console.
@Command(
    name = "users",
    mixinStandardHelpOptions = true,
    description = "Invite people to the console, list them, change their role, remove them.",
    subcommands = {
      UsersCommand.Invite.class,
      UsersCommand.Listing.class,
      UsersCommand.SetRole.class,
      UsersCommand.Remove.class
    },
    footer = {
      "",
      "Examples:",
      "  imago users invite anna --role owner",
      "  imago console --host 0.0.0.0 --tls-cert fullchain.pem --tls-key privkey.pem"
    })
final class UsersCommand extends CommandGroup {
  /// Makes a link by which somebody comes in.
  @Command(
      name = "invite",
      mixinStandardHelpOptions = true,
      description = {
        "Make a link that lets somebody choose a password. It is shown once, holds once, and ends.",
        "For somebody who is there already it sets a new password."
      },
      footer = {"", "Example:  imago users invite anna --role owner"})
  static final class Invite implements Callable<Integer> {
    @ParentCommand private UsersCommand parent = new UsersCommand();
    @Mixin private AccountsOption accounts = new AccountsOption();

    @Parameters(paramLabel = "NAME", description = "By which the person signs in.")
    private String name = "";

    @Option(
        names = "--role",
        required = true,
        description = "viewer, annotator, reviewer, member, operator or owner.")
    private String role = "";

    @Option(
        names = "--organisation",
        paramLabel = "NAME",
        description = "Whose person it is (default: default).")
    private String organisation = "default";

    @Option(
        names = "--expires",
        paramLabel = "TIME",
        description = "How long the link holds, up to 30d (default: 3d).")
    private String expires = "3d";

    @Option(
        names = "--public-address",
        paramLabel = "URL",
        description = "Where browsers find the console (default: http://127.0.0.1:8090).")
    private URI home = URI.create("http://127.0.0.1:8090");

    @Override
    public Integer call() {
      ConsoleConfig.checkAddress(home);
      var wanted = new People.Invited(organisation, name, Role.parse(role));
      try (Accounts open = accounts.open(parent.imago)) {
        String secret =
            open.people()
                .invite(AccountsOption.actor(), wanted, AccountsOption.time("--expires", expires));
        System.err.println(
            "%s of %s is invited as %s. This is the only time that the link is shown:"
                .formatted(name, organisation, wanted.role().word()));
        System.out.println(home.resolve("/invitation/" + secret));
      }
      return 0;
    }
  }

  /// Lists who signs in, and who was invited.
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "List who signs in, and who was invited and has not come yet.",
      footer = {"", "Example:  imago users list"})
  static final class Listing implements Callable<Integer> {
    @ParentCommand private UsersCommand parent = new UsersCommand();
    @Mixin private AccountsOption accounts = new AccountsOption();

    @Override
    public Integer call() {
      var rows = new ArrayList<List<String>>();
      try (Accounts open = accounts.open(parent.imago)) {
        for (People.Person each : open.people().all()) {
          rows.add(
              List.of(
                  each.name(),
                  each.organisation(),
                  each.role().word(),
                  each.outside() ? "OpenID Connect" : "password",
                  each.sessions() + (each.sessions() == 1 ? " session" : " sessions"),
                  each.seen() == 0 ? "never" : "seen " + Instant.ofEpochMilli(each.seen())));
        }
        for (People.Pending each : open.people().pending()) {
          rows.add(
              List.of(
                  each.name(),
                  each.organisation(),
                  each.role().word(),
                  "invited",
                  "by " + each.by(),
                  "until " + Instant.ofEpochMilli(each.expires())));
        }
      }
      System.out.print(
          rows.isEmpty()
              ? "nobody signs in yet; `imago users invite NAME --role owner` lets the first one in%n"
                  .formatted()
              : Table.render(List.of("name", "organisation", "role", "by", "now", "last"), rows));
      return 0;
    }
  }

  /// Gives somebody another role.
  @Command(
      name = "role",
      mixinStandardHelpOptions = true,
      description = "Give somebody another role; their keys that can do more end.",
      footer = {"", "Example:  imago users role anna operator"})
  static final class SetRole implements Callable<Integer> {
    @ParentCommand private UsersCommand parent = new UsersCommand();
    @Mixin private AccountsOption accounts = new AccountsOption();

    @Parameters(index = "0", paramLabel = "NAME", description = "Who.")
    private String name = "";

    @Parameters(
        index = "1",
        paramLabel = "ROLE",
        description = "viewer, annotator, reviewer, member, operator or owner.")
    private String role = "";

    @Override
    public Integer call() {
      Role wanted = Role.parse(role);
      try (Accounts open = accounts.open(parent.imago)) {
        open.people().setRole(AccountsOption.actor(), name, wanted);
      }
      System.out.printf("%s is %s%n", name, wanted.word());
      return 0;
    }
  }

  /// Removes somebody.
  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      description = "Remove somebody, with all sessions and keys, or withdraw an invitation.",
      footer = {"", "Example:  imago users remove anna"})
  static final class Remove implements Callable<Integer> {
    @ParentCommand private UsersCommand parent = new UsersCommand();
    @Mixin private AccountsOption accounts = new AccountsOption();

    @Parameters(paramLabel = "NAME", description = "Who.")
    private String name = "";

    @Override
    public Integer call() {
      try (Accounts open = accounts.open(parent.imago)) {
        open.people().remove(AccountsOption.actor(), name);
      }
      System.out.printf("%s signs in no more%n", name);
      return 0;
    }
  }
}
