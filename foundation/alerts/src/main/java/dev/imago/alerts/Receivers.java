package dev.imago.alerts;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Everybody who is told of alerts. What one of them did not get is told again, to that one alone;
/// a process that was killed meanwhile tells the others a second time, never not at all.
public final class Receivers implements AlertBook.Outlet {
  /// What was told to one of them, while others have not got it yet: beyond this the oldest are
  /// told again.
  private static final int MOST_KNOWN = 10_000;

  private final List<AlertBook.Outlet> outlets;
  private final List<Map<Map<String, String>, Told>> arrived = new ArrayList<>();

  public Receivers(List<? extends AlertBook.Outlet> outlets) {
    this.outlets = List.copyOf(outlets);
    outlets.forEach(_ -> arrived.add(new HashMap<>()));
  }

  /// What of an alert was told. Its value is none of it: that is another one with every look.
  private record Told(Alert.Status status, double since) {
    static Told of(Alert alert) {
      return new Told(alert.status(), alert.since());
    }
  }

  /// Where alerts go, as a file of rules says.
  ///
  /// @param webhooks addresses that get Alertmanager's JSON
  /// @param mails settings of e-mail
  public record Addresses(List<URI> webhooks, List<Mail.Settings> mails) {
    public Addresses {
      webhooks = List.copyOf(webhooks);
      mails = List.copyOf(mails);
    }

    /// @param problems is told why alerts did not arrive
    public List<AlertBook.Outlet> outlets(Consumer<String> problems, List<String> groupBy) {
      var all = new ArrayList<AlertBook.Outlet>();
      webhooks.forEach(address -> all.add(new Webhook(address, groupBy, problems)));
      mails.forEach(settings -> all.add(new Mail(settings, problems)));
      return all;
    }
  }

  /// Reads `receivers` of a file of rules: Alertmanager's `webhook_configs` and `email_configs`.
  ///
  /// @param folder in which files that it names lie
  static Addresses read(RuleFields file, Path folder) {
    var webhooks = new ArrayList<URI>();
    var mails = new ArrayList<Mail.Settings>();
    for (RuleFields receiver : file.list("receivers")) {
      receiver.only(List.of("name", "webhook_configs", "email_configs"));
      for (RuleFields webhook : receiver.list("webhook_configs")) {
        webhooks.add(Webhook.address(webhook.only(List.of("url")).text("url")));
      }
      for (RuleFields mail : receiver.list("email_configs")) {
        mail.only(
            List.of(
                "to", "from", "smarthost", "auth_username", "auth_password_file", "require_tls"));
        mails.add(
            new Mail.Settings(
                mail.text("to"),
                mail.text("from"),
                mail.text("smarthost"),
                mail.has("auth_username") ? mail.text("auth_username") : "",
                mail.has("auth_password_file")
                    ? folder.resolve(mail.text("auth_password_file"))
                    : null,
                mail.flag("require_tls", true)));
      }
    }
    return new Addresses(webhooks, mails);
  }

  @Override
  public boolean tell(List<Alert> group) {
    boolean all = true;
    for (int i = 0; i < outlets.size(); i++) {
      Map<Map<String, String>, Told> known = arrived.get(i);
      List<Alert> left =
          group.stream().filter(each -> !Told.of(each).equals(known.get(each.labels()))).toList();
      if (left.isEmpty()) {
        continue;
      }
      if (outlets.get(i).tell(left)) {
        left.forEach(each -> known.put(each.labels(), Told.of(each)));
      } else {
        all = false;
      }
    }
    for (Map<Map<String, String>, Told> known : arrived) {
      if (all) {
        group.forEach(each -> known.remove(each.labels()));
      } else if (known.size() > MOST_KNOWN) {
        known.clear();
      }
    }
    return all;
  }
}
