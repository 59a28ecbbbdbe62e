package dev.imago.labelling;

import dev.imago.accounts.Account;
import dev.imago.accounts.Accounts;
import dev.imago.accounts.People;
import dev.imago.accounts.Role;
import dev.imago.accounts.SignInRefusedException;
import dev.imago.accounts.SignedIn;
import dev.imago.http.ApiException;
import dev.imago.http.Exchange;
import dev.imago.http.KeyCheck;
import dev.imago.labelling.LabelProject.Member;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Who stands before the pages of a project: by a link's key, or by the accounts of the console,
/// where people sign in.
final class Doorkeeper implements KeyCheck {
  private static final String SCHEME = "bearer ";

  private final LabelProject project;
  private final Map<String, Member> byKey;
  private final Optional<Accounts> accounts;

  /// @param byKey who has which link
  /// @param accounts whose people may come in by their role
  Doorkeeper(LabelProject project, Map<String, Member> byKey, Optional<Accounts> accounts) {
    this.project = project;
    this.byKey = new LinkedHashMap<>(byKey);
    this.accounts = accounts;
  }

  @Override
  public boolean areAskedFor() {
    return true;
  }

  /// The role and the name, parted by a blank.
  @Override
  public Optional<String> named(String authorization) {
    if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Optional.empty();
    }
    String shown = authorization.substring(SCHEME.length()).strip();
    return linked(shown)
        .or(() -> accounts.flatMap(open -> account(open, shown)))
        .map(member -> member.role().word() + " " + member.name());
  }

  /// All keys are compared whatever is shown, so that the time tells nothing.
  private Optional<Member> linked(String shown) {
    byte[] bytes = shown.getBytes(StandardCharsets.UTF_8);
    Optional<Member> found = Optional.empty();
    for (Map.Entry<String, Member> each : byKey.entrySet()) {
      if (MessageDigest.isEqual(each.getKey().getBytes(StandardCharsets.UTF_8), bytes)) {
        found = Optional.of(each.getValue());
      }
    }
    return found;
  }

  private Optional<Member> account(Accounts open, String shown) {
    People people = open.people();
    return people
        .session(shown)
        .or(
            () ->
                open.keys()
                    .holder(shown)
                    .filter(key -> people.areOf(key.organisation()))
                    .filter(key -> key.opensRoute("/label/next"))
                    .map(Doorkeeper::holder))
        .map(who -> new Member(who.name(), who.role()));
  }

  /// A key that does not open the page of reviewers is an annotator's at most.
  private static SignedIn holder(Account key) {
    return new SignedIn(
        key.organisation(),
        key.person().isEmpty() ? key.name() : key.person(),
        key.role().covers(Role.REVIEWER) && !key.opensRoute("/review/next")
            ? Role.ANNOTATOR
            : key.role());
  }

  /// Who asks.
  ///
  /// @throws ApiException with status 403 for whose role is too little
  Member member(Exchange exchange, Role needed) {
    String[] key = exchange.caller().key().split(" ", 2);
    if (key.length < 2) {
      throw ApiException.of(
          401, "invalid_api_key", "sign in, or open the link that you were given");
    }
    var member = new Member(key[1], Role.parse(key[0]));
    if (!member.role().covers(needed)) {
      throw ApiException.of(
          403,
          "forbidden_role",
          "this is for %ss, and «%s» is %s"
              .formatted(needed.word(), member.name(), member.role().word()));
    }
    return member;
  }

  /// Whether people sign in by name and password.
  boolean signsIn() {
    return accounts.isPresent();
  }

  /// @return what is to be shown as a key
  /// @throws ApiException for a wrong name or password, and for whom there is nothing to do here
  String signIn(String name, String password, String address) {
    Accounts open =
        accounts.orElseThrow(
            () -> ApiException.of(404, "not_found", "nobody signs in here: people have links"));
    try {
      String session = open.people().signIn(name, password, address);
      SignedIn who = open.people().session(session).orElseThrow();
      if (!who.role().covers(Role.ANNOTATOR)) {
        open.people().signOut(session);
        throw ApiException.of(
            403,
            "forbidden_role",
            "«%s» is %s, and people who label are annotator, reviewer or owner"
                .formatted(name, who.role().word()));
      }
      project.visitor(new Member(who.name(), who.role()));
      return session;
    } catch (SignInRefusedException e) {
      throw ApiException.of(401, "not_signed_in", String.valueOf(e.getMessage()));
    }
  }
}
