package dev.imago.console;

import dev.imago.accounts.Account;
import dev.imago.accounts.Accounts;
import dev.imago.accounts.Role;
import dev.imago.accounts.SignedIn;
import dev.imago.console.html.Element;
import dev.imago.console.html.Exports;
import dev.imago.console.html.Link;
import dev.imago.console.pages.PageFrame;
import dev.imago.console.pages.Reader;
import dev.imago.console.pages.Visit;
import dev.imago.console.runs.Asked;
import dev.imago.console.words.Phrases;
import dev.imago.console.words.Tongue;
import dev.imago.core.ImagoException;
import dev.imago.http.ApiException;
import dev.imago.http.Exchange;
import dev.imago.http.Route;
import dev.imago.http.Router;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What stands before every route: who it is, whether they may, in which language they are
/// answered, how what goes wrong is told, and what is noted of a change.
final class Entrance {
  static final String HTML = "text/html; charset=utf-8";

  private static final String BEARER = "Bearer ";

  /// So many tables or pictures of a page leave it.
  private static final int MOST_EXPORTS = 10_000;

  private final Optional<Accounts> accounts;
  private final Sessions sessions;
  private final PageFrame frame;
  private final Clock clock;
  private final boolean behindProxy;
  private final Map<Tongue, Phrases> phrases = new EnumMap<>(Tongue.class);
  private final Map<Route, Optional<Role>> needs = new LinkedHashMap<>();

  /// @param accounts whose people sign in; without any it is this machine's user who comes
  /// @param behindProxy whether the address of who asks is told by a proxy
  Entrance(
      Optional<Accounts> accounts,
      Sessions sessions,
      PageFrame frame,
      Clock clock,
      ZoneId zone,
      boolean behindProxy) {
    this.accounts = accounts;
    this.sessions = sessions;
    this.frame = frame;
    this.clock = clock;
    this.behindProxy = behindProxy;
    for (Tongue tongue : Tongue.values()) {
      phrases.put(tongue, Phrases.of(tongue, zone));
    }
  }

  /// What a page shows to a reader.
  @FunctionalInterface
  interface Shown {
    Element page(Visit visit, Exchange exchange) throws InterruptedException;
  }

  /// What a form changes; returns what of, for the audit log.
  @FunctionalInterface
  interface Change {
    String make(Visit visit, Asked form, Exchange exchange) throws InterruptedException;
  }

  /// Which role each route asks for, of all that were made here; empty for those that are open to
  /// anybody.
  Map<Route, Optional<Role>> needs() {
    return Map.copyOf(needs);
  }

  private Route noted(Route route, @Nullable Role needed) {
    needs.put(route, Optional.ofNullable(needed));
    return route;
  }

  /// @param needed null for a page that anybody may see
  Route page(String path, @Nullable Role needed, Shown shown) {
    return noted(
        Route.get(
            path,
            Route.Access.OPEN,
            guarded(path, needed, true, (exchange, reader) -> show(shown, exchange, reader))),
        needed);
  }

  /// Shows a page with the ways to its tables and pictures as files, or one of these.
  private void show(Shown shown, Exchange exchange, Reader reader) throws InterruptedException {
    Visit visit = visit(exchange, reader, exchange.query());
    int table = visit.asked().whole("table", 0, 0, MOST_EXPORTS);
    int picture = visit.asked().whole("picture", 0, 0, MOST_EXPORTS);
    if (table > 0) {
      Element page = shown.page(visit.in(visit.words().plain()), exchange);
      List<List<String>> rows = Exports.rows(page, table);
      if (rows.isEmpty()) {
        throw missing();
      }
      if (visit.asked().first("as").equals("json")) {
        exchange.json(SentFiles.objects(rows));
      } else {
        SentFiles.send(exchange, "text/csv; charset=utf-8", "table.csv", SentFiles.csv(rows));
      }
      return;
    }
    Element page = shown.page(visit, exchange);
    if (picture > 0) {
      String svg = Exports.picture(page, picture);
      if (svg.isEmpty()) {
        throw missing();
      }
      SentFiles.send(exchange, "image/svg+xml", "picture.svg", svg);
      return;
    }
    Link here = visit.here().only("as", "").only("table", "").only("picture", "");
    Exports.add(
        page,
        number -> {
          Link file = here.with("table", Integer.toString(number));
          return Element.of(
                  "p",
                  Element.of("a", visit.words().text("export.csv")).to(file),
                  Element.of("a", visit.words().text("export.json")).to(file.with("as", "json")))
              .is("exports");
        },
        number ->
            Element.of(
                    "p",
                    Element.of("a", visit.words().text("export.svg"))
                        .to(here.with("picture", Integer.toString(number))))
                .is("exports"));
    html(exchange, page);
  }

  /// What a route does for a reader.
  @FunctionalInterface
  interface Deed {
    void run(Exchange exchange, Reader reader) throws InterruptedException;
  }

  Route get(String path, @Nullable Role needed, Deed action) {
    return noted(Route.get(path, Route.Access.OPEN, guarded(path, needed, false, action)), needed);
  }

  /// A file of our own, the same for everybody.
  Route asset(String path, Route.Action action) {
    return noted(Route.get(path, Route.Access.OPEN, action), null);
  }

  /// A form that changes something, and leads back to where it came from.
  ///
  /// @param action what the audit log calls it; empty for what changes nothing that others see
  Route change(String path, @Nullable Role needed, String action, Change change) {
    return post(
        path,
        needed,
        (visit, form, exchange) -> {
          String subject = change.make(visit, form, exchange);
          note(visit.reader(), action, subject);
          backTo(exchange, form.first("back"));
        });
  }

  /// What a form does.
  @FunctionalInterface
  interface Sent {
    void take(Visit visit, Asked form, Exchange exchange) throws InterruptedException;
  }

  /// A form that is answered by itself.
  Route post(String path, @Nullable Role needed, Sent sent) {
    return noted(
        Route.post(
            path,
            Route.Access.OPEN,
            guarded(
                path,
                needed,
                false,
                (exchange, reader) -> {
                  Map<String, List<String>> fields = exchange.form();
                  var form = new Asked(fields);
                  // No other site can have a browser send a key.
                  if (!showsKey(exchange) && !sessions.isOurs(exchange, form.first("token"))) {
                    throw ApiException.of(
                        403, "forbidden_form", words(exchange).of("trouble.foreignForm"));
                  }
                  sent.take(visit(exchange, reader, Map.of()), form, exchange);
                })),
        needed);
  }

  /// Takes a note of a change, where people have names.
  void note(Reader reader, String action, String subject) {
    if (!action.isEmpty()) {
      accounts.ifPresent(open -> open.audit().note(reader.name(), action, subject, ""));
    }
  }

  /// What goes wrong is told as a page, in the reader's language as far as the words are ours.
  ///
  /// @param path the pattern: the path itself may hold the secret of an invitation, and is no word
  ///   for a log
  private Route.Action guarded(String path, @Nullable Role needed, boolean isPage, Deed action) {
    return exchange -> {
      Reader reader = Reader.NOBODY;
      try {
        exchange.header("Cache-Control", "no-store");
        reader = reader(exchange);
        if (needed != null && reader.role() == null) {
          if (isPage && !showsKey(exchange)) {
            askToSignIn(exchange);
            return;
          }
          throw ApiException.of(401, "not_signed_in", words(exchange).of("people.signInFirst"));
        }
        if (needed != null && !reader.may(needed)) {
          throw ApiException.of(
              403,
              "forbidden_role",
              words(exchange)
                  .of(
                      "people.forbidden",
                      words(exchange).of("role." + needed.word()),
                      words(exchange)
                          .of(
                              "role."
                                  + (reader.role() == null ? "viewer" : reader.role().word()))));
        }
        action.run(exchange, reader);
      } catch (ApiException e) {
        tell(exchange, reader, e);
      } catch (ImagoException e) {
        tell(exchange, reader, ApiException.of(500, "failed", String.valueOf(e.getMessage())));
      } catch (java.io.UncheckedIOException | IllegalStateException e) {
        tell(exchange, reader, Router.failure(path, e));
      }
    };
  }

  static boolean showsKey(Exchange exchange) {
    return exchange.requestHeader("Authorization").orElse("").startsWith(BEARER);
  }

  /// Who asks: by the session of a cookie, or by a key. Keys of a gateway's customers, none of whom
  /// signs in here, open nothing.
  private Reader reader(Exchange exchange) {
    if (accounts.isEmpty()) {
      return Reader.LOCAL;
    }
    Accounts open = accounts.get();
    String shown = exchange.requestHeader("Authorization").orElse("");
    if (shown.startsWith(BEARER)) {
      return open.keys()
          .holder(shown.substring(BEARER.length()).strip())
          .filter(key -> key.opensRoute(exchange.path()))
          .filter(key -> open.people().areOf(key.organisation()))
          .map(Entrance::reader)
          .orElse(Reader.NOBODY);
    }
    return sessions
        .signedIn(exchange)
        .flatMap(open.people()::session)
        .map(Entrance::reader)
        .orElse(Reader.NOBODY);
  }

  private static Reader reader(Account key) {
    return new Reader(
        key.person().isEmpty() ? key.name() : key.person(), key.organisation(), key.role(), true);
  }

  private static Reader reader(SignedIn person) {
    return new Reader(person.name(), person.organisation(), person.role(), true);
  }

  /// The address of who asks: a proxy appends it to what its client may have made up, to the line
  /// or as one more.
  String address(Exchange exchange) {
    List<String> told =
        behindProxy ? exchange.requestHeaderLines("X-Forwarded-For") : List.<String>of();
    String line = told.isEmpty() ? "" : told.getLast();
    String last = line.substring(line.lastIndexOf(',') + 1).strip();
    return last.isEmpty() ? exchange.caller().address() : last;
  }

  /// Keeps a choice of the reader.
  void keep(Exchange exchange, String name, String value) {
    sessions.keep(exchange, name, value);
  }

  private static void askToSignIn(Exchange exchange) {
    Link here = here(exchange, exchange.query());
    exchange.status(303);
    exchange.header(
        "Location",
        (here.path().isEmpty()
                ? Link.to("sign-in")
                : Link.to("sign-in").with("back", here.toString()))
            .toString());
    exchange.send(HTML, new byte[0]);
  }

  static ApiException missing() {
    return ApiException.of(404, "not_found", "");
  }

  private void tell(Exchange exchange, Reader reader, ApiException e) {
    Visit visit = visit(exchange, reader, Map.of());
    String message = String.valueOf(e.getMessage());
    exchange.status(e.status());
    html(
        exchange,
        frame.trouble(
            visit, e.status(), message.isEmpty() ? visit.words().of("trouble.nothing") : message));
  }

  /// A page is mostly tags that say the same: packed, it is a tenth.
  static void html(Exchange exchange, Element page) {
    byte[] plain = page.page().getBytes(StandardCharsets.UTF_8);
    exchange.header("Vary", "Accept-Encoding, Cookie");
    if (Assets.takesPacked(exchange)) {
      exchange.header("Content-Encoding", "gzip");
      exchange.send(HTML, Assets.packed(plain));
    } else {
      exchange.send(HTML, plain);
    }
  }

  Phrases words(Exchange exchange) {
    Tongue tongue =
        Tongue.of(
            Sessions.cookie(exchange, "lang"),
            exchange.requestHeader("Accept-Language").orElse(""));
    return java.util.Objects.requireNonNull(phrases.get(tongue));
  }

  Visit visit(Exchange exchange, Reader reader, Map<String, List<String>> asked) {
    String scheme = Sessions.cookie(exchange, "scheme");
    return new Visit(
        here(exchange, asked),
        new Asked(asked),
        words(exchange),
        scheme.equals("light") || scheme.equals("dark") ? scheme : "",
        sessions.token(exchange),
        clock.instant(),
        reader);
  }

  private static Link here(Exchange exchange, Map<String, List<String>> asked) {
    List<String> path =
        Arrays.stream(exchange.path().split("/")).filter(s -> !s.isEmpty()).toList();
    var link = new Link(path, List.of());
    for (Map.Entry<String, List<String>> each : asked.entrySet()) {
      for (String value : each.getValue()) {
        if (!value.isEmpty() && !each.getKey().equals("token")) {
          link = link.with(each.getKey(), value);
        }
      }
    }
    return link;
  }

  /// Leads a reader back, to a place of this server and to no other.
  static void backTo(Exchange exchange, String back) {
    boolean ours =
        back.startsWith("/") && !back.startsWith("//") && back.matches("[!-~&&[^\\\\\"<>]]*");
    exchange.status(303);
    exchange.header("Location", ours ? back : "/");
    exchange.send(HTML, new byte[0]);
  }
}
