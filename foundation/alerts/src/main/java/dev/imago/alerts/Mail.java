package dev.imago.alerts;

import dev.imago.core.ConfigException;
import jakarta.mail.Authenticator;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Sends alerts by e-mail, with the settings of Alertmanager's `email_configs`.
public final class Mail implements AlertBook.Outlet {
  private static final String PATIENCE_MILLIS = "10000";
  private static final int TLS_PORT = 465;
  private static final int MOST_TOLD = 100;
  private static final Pattern SMARTHOST =
      Pattern.compile("(\\[[0-9a-fA-F:]+]|[^:\\s]+):(\\d{1,5})");

  private final Settings settings;
  private final Consumer<String> problems;

  /// Where mail goes.
  ///
  /// @param to addresses, with commas between
  /// @param smarthost `host:port`; port 465 speaks TLS from the first byte
  /// @param username empty where the server asks for none
  /// @param passwordFile read for each message, so that a new password needs no restart
  /// @param requireTls whether mail is not sent where the server speaks no STARTTLS
  public record Settings(
      String to,
      String from,
      String smarthost,
      String username,
      @Nullable Path passwordFile,
      boolean requireTls) {
    /// @throws ConfigException for addresses or a host that are none
    public Settings {
      for (String each : List.of(to, from)) {
        try {
          InternetAddress[] all = InternetAddress.parse(each, true);
          if (all.length == 0
              || Arrays.stream(all).anyMatch(one -> one.getAddress().indexOf('@') < 1)) {
            throw new AddressException("a name and a host, with @ between");
          }
        } catch (AddressException e) {
          throw new ConfigException(
              "email: «%s» is no address (%s); one is ops@example.org"
                  .formatted(each, e.getMessage()),
              e);
        }
      }
      Matcher host = SMARTHOST.matcher(smarthost);
      if (!host.matches() || Integer.parseInt(host.group(2)) > 65_535) {
        throw new ConfigException(
            "email: smarthost = %s is no host and port; one is mail.example.org:587"
                .formatted(smarthost));
      }
      if (!username.isEmpty() && passwordFile == null) {
        throw new ConfigException("email: auth_username needs auth_password_file");
      }
    }
  }

  /// @param problems is told why alerts did not arrive
  public Mail(Settings settings, Consumer<String> problems) {
    this.settings = settings;
    this.problems = problems;
  }

  @Override
  public boolean tell(List<Alert> group) {
    try {
      Transport.send(message(group));
      return true;
    } catch (MessagingException | IOException e) {
      problems.accept(
          "mail by %s did not go (%s); its alerts are sent again"
              .formatted(
                  settings.smarthost(),
                  String.valueOf(e.getMessage()).lines().findFirst().orElse("")));
      return false;
    }
  }

  private Session session() throws IOException {
    Matcher host = SMARTHOST.matcher(settings.smarthost());
    var properties = new Properties();
    if (host.matches()) {
      properties.put("mail.smtp.host", host.group(1).replaceAll("[\\[\\]]", ""));
      properties.put("mail.smtp.port", host.group(2));
      boolean tls = Integer.parseInt(host.group(2)) == TLS_PORT;
      properties.put("mail.smtp.ssl.enable", Boolean.toString(tls));
      properties.put("mail.smtp.starttls.enable", Boolean.toString(!tls));
      properties.put(
          "mail.smtp.starttls.required", Boolean.toString(!tls && settings.requireTls()));
    }
    properties.put("mail.smtp.ssl.checkserveridentity", "true");
    for (String time : List.of("connectiontimeout", "timeout", "writetimeout")) {
      properties.put("mail.smtp." + time, PATIENCE_MILLIS);
    }
    if (settings.username().isEmpty() || settings.passwordFile() == null) {
      return Session.getInstance(properties);
    }
    properties.put("mail.smtp.auth", "true");
    String password = Files.readString(settings.passwordFile(), StandardCharsets.UTF_8).strip();
    return Session.getInstance(
        properties,
        new Authenticator() {
          @Override
          protected PasswordAuthentication getPasswordAuthentication() {
            return new PasswordAuthentication(settings.username(), password);
          }
        });
  }

  private MimeMessage message(List<Alert> group) throws MessagingException, IOException {
    var message = new MimeMessage(session());
    message.setFrom(new InternetAddress(settings.from()));
    message.setRecipients(Message.RecipientType.TO, InternetAddress.parse(settings.to()));
    message.setSubject(subject(group), StandardCharsets.UTF_8.name());
    message.setText(text(group), StandardCharsets.UTF_8.name());
    message.setSentDate(new Date());
    message.setHeader("Auto-Submitted", "auto-generated"); // RFC 3834: nobody answers it
    message.saveChanges();
    return message;
  }

  /// As Alertmanager's: status, how many, and what they have in common.
  static String subject(List<Alert> group) {
    Alert first = group.getFirst();
    boolean over = first.status() == Alert.Status.RESOLVED;
    Map<String, String> common =
        new TreeMap<>(Webhook.common(group.stream().map(Alert::labels).toList()));
    common.remove("alertname");
    return "[%s] %s%s"
        .formatted(
            over ? "RESOLVED" : "FIRING:" + group.size(),
            first.name(),
            common.isEmpty() ? "" : " (" + String.join(" ", common.values()) + ")");
  }

  static String text(List<Alert> group) {
    return group.stream().limit(MOST_TOLD).map(Mail::text).collect(Collectors.joining("\n"))
        + (group.size() > MOST_TOLD ? "\n… and %d more\n".formatted(group.size() - MOST_TOLD) : "");
  }

  private static String text(Alert alert) {
    var out = new StringBuilder();
    out.append(alert.status() == Alert.Status.RESOLVED ? "resolved" : "firing")
        .append("  ")
        .append(alert.name())
        .append("  since ")
        .append(Instant.ofEpochMilli(Math.round(alert.since() * 1000)))
        .append("  value ")
        .append(String.format(Locale.ROOT, "%.4g", alert.value()))
        .append('\n');
    new TreeMap<>(alert.labels())
        .forEach(
            (name, value) ->
                out.append("  ").append(name).append(" = ").append(value).append('\n'));
    new TreeMap<>(alert.annotations())
        .forEach(
            (name, value) -> out.append("  ").append(name).append(": ").append(value).append('\n'));
    return out.toString();
  }
}
