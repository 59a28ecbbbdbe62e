// Past 400 lines: the routes of people, and of their keys, roles and sessions, share their checks.
package dev.imago.console;

import dev.imago.accounts.Account;
import dev.imago.accounts.Accounts;
import dev.imago.accounts.ApiKeyStore;
import dev.imago.accounts.People;
import dev.imago.accounts.Role;
import dev.imago.accounts.SignInRefusedException;
import dev.imago.console.html.Element;
import dev.imago.console.html.Link;
import dev.imago.console.pages.AccountPage;
import dev.imago.console.pages.PageFrame;
import dev.imago.console.pages.PeoplePage;
import dev.imago.console.pages.SignInPage;
import dev.imago.console.pages.UsagePage;
import dev.imago.console.pages.Visit;
import dev.imago.console.runs.Asked;
import dev.imago.core.ConfigException;
import dev.imago.http.ApiException;
import dev.imago.http.Exchange;
import dev.imago.http.Feature;
import dev.imago.http.Route;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Where people sign in, are invited, and keep what is their own. None of it is done by a key: who
/// has found one makes no second.
final class PeopleFeature implements Feature {
  private static final int CHANGES = 50;
  private static final Duration INVITATION = Duration.ofDays(3);
  private static final int MOST_TOKENS = 50;

  private final Accounts accounts;
  private final Entrance entrance;
  private final Sessions sessions;
  private final Optional<OpenIdProvider> openId;
  private final Supplier<String> home;
  private final SignInPage signIn;
  private final PeoplePage people;
  private final AccountPage account;
  private final UsagePage usage;

  /// @param home the address under which browsers reach this console, without a slash at its end
  PeopleFeature(
      Accounts accounts,
      Entrance entrance,
      Sessions sessions,
      Optional<OpenIdProvider> openId,
      Supplier<String> home,
      PageFrame frame) {
    this.accounts = accounts;
    this.entrance = entrance;
    this.sessions = sessions;
    this.openId = openId;
    this.home = home;
    this.signIn = new SignInPage(frame, openId.isPresent());
    this.people = new PeoplePage(frame);
    this.account = new AccountPage(frame);
    this.usage = new UsagePage(frame, accounts.usage());
  }

  @Override
  public List<Route> routes() {
    var routes =
        new ArrayList<>(
            List.of(
                entrance.page(
                    "/sign-in",
                    null,
                    (visit, _) -> signIn.signIn(visit, visit.asked().first("back"), "", "")),
                entrance.post("/sign-in", null, this::signIn),
                entrance.post("/sign-out", Role.VIEWER, this::signOut),
                entrance.page(
                    "/invitation/{secret}",
                    null,
                    (visit, exchange) -> invitation(visit, exchange, "")),
                entrance.post("/invitation/{secret}", null, this::join),
                entrance.page("/usage", Role.OWNER, (visit, _) -> usage.page(visit)),
                entrance.page("/people", Role.OWNER, (visit, _) -> page(visit, "", "")),
                entrance.post("/people/invite", Role.OWNER, this::invite),
                entrance.post("/people/{name}/role", Role.OWNER, this::setRole),
                entrance.post("/people/{name}/remove", Role.OWNER, this::remove),
                entrance.post("/people/{name}/sign-out", Role.OWNER, this::signOutOther),
                entrance.page(
                    "/account", Role.VIEWER, (visit, exchange) -> account(visit, exchange)),
                entrance.post("/account/password", Role.VIEWER, this::changePassword),
                entrance.post("/account/tokens", Role.VIEWER, this::makeToken),
                entrance.post("/account/tokens/{id}/revoke", Role.VIEWER, this::revokeToken),
                entrance.post("/account/sign-out", Role.VIEWER, this::signOutEverywhere)));
    openId.ifPresent(
        provider -> {
          routes.add(entrance.get("/oidc/start", null, (exchange, _) -> start(provider, exchange)));
          routes.add(
              entrance.get(
                  "/oidc/back",
                  null,
                  (exchange, reader) ->
                      comeBack(provider, entrance.visit(exchange, reader, Map.of()), exchange)));
        });
    return List.copyOf(routes);
  }

  /// The secret of the session in which this is asked.
  private String session(Exchange exchange) {
    if (Entrance.showsKey(exchange)) {
      throw ApiException.of(403, "not_by_key", entrance.words(exchange).of("people.notByToken"));
    }
    return sessions.signedIn(exchange).orElse("");
  }

  private void signIn(Visit visit, Asked form, Exchange exchange) {
    try {
      String name = form.first("name").strip();
      sessions.begin(
          exchange,
          accounts.people().signIn(name, form.first("password"), entrance.address(exchange)));
      Entrance.backTo(exchange, form.first("back"));
    } catch (SignInRefusedException e) {
      exchange.status(e.waitingTime().isZero() ? 401 : 429);
      Entrance.html(
          exchange, signIn.signIn(visit, form.first("back"), form.first("name"), told(visit, e)));
    }
  }

  private static String told(Visit visit, SignInRefusedException e) {
    return e.waitingTime().isZero()
        ? visit.words().of("people.wrong")
        : visit.words().of("people.wait", e.waitingTime().toSeconds() + 1);
  }

  private void signOut(Visit visit, Asked form, Exchange exchange) {
    accounts.people().signOut(session(exchange));
    sessions.end(exchange);
    Entrance.backTo(exchange, "/sign-in");
  }

  private People.Invited invited(Visit visit, Exchange exchange) {
    return accounts
        .people()
        .invitation(exchange.pathParameter("secret"))
        .orElseThrow(
            () -> ApiException.of(404, "not_found", visit.words().of("people.linkHasEnded")));
  }

  private Element invitation(Visit visit, Exchange exchange, String problem) {
    People.Invited invited = invited(visit, exchange);
    return signIn.invitation(
        visit,
        exchange.pathParameter("secret"),
        invited.name(),
        invited.organisation(),
        invited.role().word(),
        problem);
  }

  private void join(Visit visit, Asked form, Exchange exchange) {
    try {
      People.Invited invited =
          accounts
              .people()
              .join(exchange.pathParameter("secret"), form.first("password"))
              .orElseThrow(
                  () -> ApiException.of(404, "not_found", visit.words().of("people.linkHasEnded")));
      sessions.begin(
          exchange,
          accounts
              .people()
              .signIn(invited.name(), form.first("password"), entrance.address(exchange)));
      Entrance.backTo(exchange, "/");
    } catch (ConfigException e) {
      exchange.status(400);
      Entrance.html(exchange, invitation(visit, exchange, String.valueOf(e.getMessage())));
    } catch (SignInRefusedException _) {
      Entrance.backTo(exchange, "/sign-in"); // after too many tries from here
    }
  }

  /// Where several organisations sign in, each one's owners see and change its own people.
  private Element page(Visit visit, String link, String problem) {
    String organisation = visit.reader().organisation();
    List<People.Person> all = accounts.people().all();
    List<People.Person> own =
        all.stream().filter(each -> each.organisation().equals(organisation)).toList();
    Set<String> names = own.stream().map(People.Person::name).collect(Collectors.toSet());
    return people.page(
        visit,
        new PeoplePage.Shown(
            own,
            accounts.people().pending().stream()
                .filter(each -> each.organisation().equals(organisation))
                .toList(),
            accounts.audit().newest(CHANGES).stream()
                .filter(
                    change ->
                        own.size() == all.size()
                            || names.contains(change.actor())
                            || names.contains(change.subject()))
                .toList(),
            link,
            problem));
  }

  /// The name in the address, of somebody whom an owner has a say in.
  private String own(Visit visit, Exchange exchange) {
    String name = exchange.pathParameter("name");
    String organisation = visit.reader().organisation();
    boolean another =
        accounts.people().all().stream()
                .anyMatch(e -> e.name().equals(name) && !e.organisation().equals(organisation))
            || accounts.people().pending().stream()
                .anyMatch(e -> e.name().equals(name) && !e.organisation().equals(organisation));
    if (another) {
      throw Entrance.missing();
    }
    return name;
  }

  /// Does what an owner wants done; what cannot be is told on the page of people.
  private void asOwner(Visit visit, Exchange exchange, Supplier<String> work) {
    session(exchange);
    try {
      String link = work.get();
      if (link.isEmpty()) {
        Entrance.backTo(exchange, "/people");
      } else {
        Entrance.html(exchange, page(visit, link, ""));
      }
    } catch (ConfigException e) {
      exchange.status(400);
      Entrance.html(exchange, page(visit, "", String.valueOf(e.getMessage())));
    }
  }

  private void invite(Visit visit, Asked form, Exchange exchange) {
    asOwner(
        visit,
        exchange,
        () ->
            home.get()
                + Link.to(
                    "invitation",
                    accounts
                        .people()
                        .invite(
                            visit.reader().name(),
                            new People.Invited(
                                visit.reader().organisation(),
                                form.first("name").strip(),
                                Role.parse(form.first("role"))),
                            INVITATION)));
  }

  private void setRole(Visit visit, Asked form, Exchange exchange) {
    asOwner(
        visit,
        exchange,
        () -> {
          accounts
              .people()
              .setRole(visit.reader().name(), own(visit, exchange), Role.parse(form.first("role")));
          return "";
        });
  }

  private void remove(Visit visit, Asked form, Exchange exchange) {
    asOwner(
        visit,
        exchange,
        () -> {
          accounts.people().remove(visit.reader().name(), own(visit, exchange));
          return "";
        });
  }

  private void signOutOther(Visit visit, Asked form, Exchange exchange) {
    asOwner(
        visit,
        exchange,
        () -> {
          accounts.people().signOutEverywhere(visit.reader().name(), own(visit, exchange));
          return "";
        });
  }

  private Element account(Visit visit, Exchange exchange) {
    session(exchange);
    return account.page(visit, tokens(visit), "", "");
  }

  private List<Account> tokens(Visit visit) {
    return accounts.keys().of(visit.reader().organisation(), visit.reader().name());
  }

  private void failed(Visit visit, Exchange exchange, int status, String problem) {
    exchange.status(status);
    Entrance.html(exchange, account.page(visit, tokens(visit), "", problem));
  }

  private void changePassword(Visit visit, Asked form, Exchange exchange) {
    String session = session(exchange);
    try {
      accounts
          .people()
          .changePassword(
              visit.reader().name(),
              form.first("old"),
              form.first("new"),
              session,
              entrance.address(exchange));
      Entrance.backTo(exchange, "/account");
    } catch (ConfigException e) {
      failed(visit, exchange, 400, String.valueOf(e.getMessage()));
    } catch (SignInRefusedException e) {
      failed(visit, exchange, e.waitingTime().isZero() ? 403 : 429, told(visit, e));
    }
  }

  private void makeToken(Visit visit, Asked form, Exchange exchange) {
    session(exchange);
    try {
      Role role = Role.parse(form.first("role"));
      if (!visit.reader().may(role)) {
        throw new ConfigException(visit.words().of("token.tooMuch"));
      }
      if (tokens(visit).size() >= MOST_TOKENS) {
        throw new ConfigException(visit.words().of("token.tooMany", MOST_TOKENS));
      }
      ApiKeyStore.Made made =
          accounts
              .keys()
              .create(
                  visit.reader().name(),
                  new ApiKeyStore.Wanted(
                      form.first("name").strip(),
                      visit.reader().organisation(),
                      "",
                      visit.reader().name(),
                      role,
                      Arrays.stream(form.first("routes").split("[,\\s]+"))
                          .filter(each -> !each.isEmpty())
                          .toList(),
                      List.of("*"),
                      Duration.ofDays(form.whole("days", 90, 1, 366))));
      Entrance.html(exchange, account.page(visit, tokens(visit), made.key(), ""));
    } catch (ConfigException e) {
      failed(visit, exchange, 400, String.valueOf(e.getMessage()));
    }
  }

  private void revokeToken(Visit visit, Asked form, Exchange exchange) {
    session(exchange);
    String id = exchange.pathParameter("id");
    if (tokens(visit).stream().noneMatch(token -> token.key().equals(id))) {
      throw Entrance.missing(); // another's
    }
    accounts.keys().revoke(visit.reader().name(), id);
    Entrance.backTo(exchange, "/account");
  }

  private void signOutEverywhere(Visit visit, Asked form, Exchange exchange) {
    session(exchange);
    accounts.people().signOutEverywhere(visit.reader().name(), visit.reader().name());
    sessions.end(exchange);
    Entrance.backTo(exchange, "/sign-in");
  }

  private void start(OpenIdProvider provider, Exchange exchange) throws InterruptedException {
    var asked = new Asked(exchange.query());
    OpenIdProvider.Started started =
        provider.start(home.get() + "/oidc/back", asked.first("invitation"));
    sessions.lend(exchange, OpenIdProvider.COOKIE, started.state());
    exchange.status(303);
    exchange.header("Location", started.address().toString());
    exchange.send(Entrance.HTML, new byte[0]);
  }

  private void comeBack(OpenIdProvider provider, Visit visit, Exchange exchange)
      throws InterruptedException {
    OpenIdProvider.Known known =
        provider.finish(
            new Asked(exchange.query()), sessions.lent(exchange, OpenIdProvider.COOKIE));
    try {
      if (!known.invitation().isEmpty()
          && accounts.people().joinFrom(known.invitation(), known.outside()).isEmpty()) {
        throw ApiException.of(404, "not_found", visit.words().of("people.linkHasEnded"));
      }
    } catch (ConfigException e) {
      throw ApiException.of(409, "sign_in_failed", String.valueOf(e.getMessage()));
    }
    String session =
        accounts
            .people()
            .signInFrom(known.outside())
            .orElseThrow(
                () -> ApiException.of(403, "unknown_user", visit.words().of("people.notInvited")));
    sessions.begin(exchange, session);
    Entrance.html(exchange, signIn.onwards(visit, Link.to()));
  }
}
