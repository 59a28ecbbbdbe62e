package dev.imago.accounts;

import dev.imago.core.ConfigException;
import dev.imago.state.State;
import dev.imago.state.Transaction;
import java.net.URI;
import java.net.URISyntaxException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// Where organisations are told that a soft limit was passed, and the notices that wait for it. A
/// notice is written in the transaction that finds the limit passed first: there is one, whatever
/// dies; it is sent until it was taken, or a day long.
///
/// Notices are signed as Standard Webhooks has it (standardwebhooks.com): HMAC-SHA-256 of id, time
/// and content, by a secret of the organisation's. The secret is derived from the one that keys are
/// hashed with, and is kept nowhere.
public final class BudgetWebhooks {
  /// After the first try; twice as long after each further one.
  private static final long FIRST_PAUSE_MILLIS = 5_000;

  private static final long LONGEST_PAUSE_MILLIS = 3_600_000;

  /// How long a notice is one sender's, who may die with it: well above what a webhook gets to
  /// answer.
  private static final long CLAIM_MILLIS = 60_000;

  /// About a day and a half of them.
  private static final int MOST_TRIES = 45;

  private static final int MOST_AT_ONCE = 20;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final State state;
  private final KeyHash hash;
  private final AuditLog audit;
  private final Clock clock;

  BudgetWebhooks(State state, KeyHash hash, AuditLog audit, Clock clock) {
    this.state = state;
    this.hash = hash;
    this.audit = audit;
    this.clock = clock;
  }

  /// Sets where an organisation is told.
  ///
  /// @param address http or https; empty for nowhere
  /// @return the secret that what is sent there is signed with: `whsec_…`
  /// @throws ConfigException for an address that is none, or an organisation that is not there
  public String set(String actor, String organisation, String address) {
    if (!address.isEmpty()) {
      checkAddress(address);
    }
    return state.durably(
        tx -> {
          if (Organisations.all(tx).stream().noneMatch(o -> o.name().equals(organisation))) {
            throw new ConfigException(
                "there is no organisation %s; `imago budget organisation` makes one"
                    .formatted(organisation));
          }
          if (!address(tx, organisation).orElse("").equals(address)) {
            tx.update("delete from accounts.webhook where organisation = ?", organisation);
            if (address.isEmpty()) {
              tx.update("delete from accounts.notice where organisation = ?", organisation);
            } else {
              tx.update(
                  "insert into accounts.webhook (organisation, address, created) values (?, ?, ?)",
                  organisation,
                  address,
                  clock.millis());
            }
            // Its path and query may be a secret, as those of chat services are.
            audit.append(
                tx, actor, "webhook.set", organisation, address.isEmpty() ? "none" : host(address));
          }
          return secret(organisation);
        });
  }

  /// @throws ConfigException for what is no address of a webhook
  public static void checkAddress(String address) {
    try {
      var uri = new URI(address);
      boolean known = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (known
          && uri.getHost() != null
          && uri.getUserInfo() == null
          && uri.getPort() <= 65_535
          && address.length() <= 1_000) {
        return;
      }
    } catch (URISyntaxException _) {
      // Told below.
    }
    throw new ConfigException(
        "the webhook is no address of http or https, of at most 1,000 characters and without a"
            + " user: give one like https://example.com/hook");
  }

  private static String host(String address) {
    return URI.create(address).getHost();
  }

  private static Optional<String> address(Transaction tx, String organisation) throws SQLException {
    return tx.first(
        "select address from accounts.webhook where organisation = ?",
        row -> row.text("address"),
        organisation);
  }

  /// 32 bytes in base64 behind the prefix that libraries of Standard Webhooks take.
  private String secret(String organisation) {
    return "whsec_" + Base64.getEncoder().encodeToString(key(organisation));
  }

  private byte[] key(String organisation) {
    return HexFormat.of().parseHex(hash.of("webhook " + organisation));
  }

  /// Writes a notice down for the organisation of a limit, where it is told anything.
  ///
  /// @param begins of the stretch in which it was passed
  void passed(Transaction tx, UsageLimit limit, long begins, long used) throws SQLException {
    if (address(tx, limit.organisation()).isEmpty()) {
      return;
    }
    String id = "evt_" + limit.id().replace("limit_", "") + "_" + begins;
    var data = new LinkedHashMap<String, Object>();
    data.put("organisation", limit.organisation());
    data.put("scope", limit.scope().word());
    data.put("who", limit.subject());
    data.put("what", limit.measure().word());
    data.put("per", limit.period().word());
    data.put("period_start", begins / 1_000);
    data.put("amount", limit.measure().text(limit.amount()));
    data.put("used", limit.measure().text(used));
    var event = new LinkedHashMap<String, Object>();
    event.put("object", "event");
    event.put("id", id);
    event.put("type", "budget.soft_limit_passed");
    event.put("created_at", clock.millis() / 1_000);
    event.put("data", data);
    tx.update(
        "insert into accounts.notice (id, organisation, content, tries, due) values (?, ?, ?, 0, ?)"
            + " on conflict do nothing",
        id,
        limit.organisation(),
        JSON.writeValueAsString(event),
        clock.millis());
  }

  /// Takes notices that are due, each for one sender, who says within a minute what became of it
  /// ([#sent], [#failed]): whoever else asks meanwhile gets others.
  List<Notice> due() {
    long now = clock.millis();
    List<Notice> all =
        state.transaction(
            tx ->
                tx.list(
                    "select n.id, n.organisation, w.address, n.content, n.tries, n.due from"
                        + " accounts.notice n join accounts.webhook w on w.organisation ="
                        + " n.organisation where n.due <= ? order by n.due limit ?",
                    row ->
                        new Notice(
                            row.text("id"),
                            row.text("organisation"),
                            row.text("address"),
                            row.text("content"),
                            Math.toIntExact(row.number("tries")) + 1,
                            row.number("due")),
                    now,
                    MOST_AT_ONCE));
    var taken = new ArrayList<Notice>();
    for (Notice each : all) {
      int claimed =
          state.transaction(
              tx ->
                  tx.update(
                      "update accounts.notice set tries = tries + 1, due = ? where id = ? and due ="
                          + " ?",
                      now + CLAIM_MILLIS,
                      each.id(),
                      each.due()));
      if (claimed > 0) {
        taken.add(each);
      }
    }
    return taken;
  }

  /// A notice was taken.
  void sent(Notice notice) {
    state.durably(tx -> tx.update("delete from accounts.notice where id = ?", notice.id()));
  }

  /// A notice was not taken: it comes again after a while; after many times it is given up, and
  /// that is noted.
  void failed(Notice notice, String why) {
    if (notice.tries() < MOST_TRIES) {
      long pause =
          Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(20, notice.tries() - 1));
      int _ =
          state.transaction(
              tx ->
                  tx.update(
                      "update accounts.notice set due = ? where id = ? and tries = ?",
                      clock.millis() + pause,
                      notice.id(),
                      notice.tries()));
      return;
    }
    state.durably(
        tx -> {
          tx.update("delete from accounts.notice where id = ?", notice.id());
          audit.append(
              tx, "imago", "webhook.gave_up", notice.organisation(), notice.id() + ": " + why);
          return 0;
        });
  }

  /// The value of the header `webhook-signature`.
  ///
  /// @param seconds since 1970, as in `webhook-timestamp`
  String signature(Notice notice, long seconds) {
    String signed = "%s.%d.%s".formatted(notice.id(), seconds, notice.content());
    byte[] mac = HexFormat.of().parseHex(new KeyHash(key(notice.organisation())).of(signed));
    return "v1," + Base64.getEncoder().encodeToString(mac);
  }
}
