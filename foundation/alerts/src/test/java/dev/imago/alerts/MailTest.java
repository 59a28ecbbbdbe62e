package dev.imago.alerts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// E-mail to a server on loopback that speaks as much SMTP (RFC 5321) as a message takes.
class MailTest {
  /// Takes one message.
  private static final class Post implements AutoCloseable {
    final ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    final List<String> lines = new ArrayList<>();
    private final boolean refuses;
    private final Thread thread = Thread.ofVirtual().start(this::serve);

    Post(boolean refuses) throws IOException {
      this.refuses = refuses;
    }

    private void serve() {
      try (Socket client = socket.accept();
          var in =
              new BufferedReader(
                  new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
          OutputStream out = client.getOutputStream()) {
        say(out, "220 post ESMTP");
        boolean data = false;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          lines.add(line);
          if (data) {
            if (line.equals(".")) {
              data = false;
              say(out, "250 taken");
            }
          } else if (line.startsWith("EHLO")) {
            say(out, "250-post\r\n250 AUTH PLAIN");
          } else if (line.startsWith("AUTH")) {
            say(out, "235 welcome");
          } else if (line.startsWith("RCPT") && refuses) {
            say(out, "550 nobody here");
          } else if (line.equals("DATA")) {
            data = true;
            say(out, "354 go on");
          } else {
            say(out, line.equals("QUIT") ? "221 bye" : "250 fine");
          }
        }
      } catch (IOException _) {
        // The client went.
      }
    }

    private static void say(OutputStream out, String line) throws IOException {
      out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }

    String host() {
      return "127.0.0.1:" + socket.getLocalPort();
    }

    String text() throws InterruptedException {
      thread.join(10_000);
      return String.join("\n", lines);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static Alert alert(String name, Alert.Status status) {
    return new Alert(
        Map.of("alertname", name, "run", "run-a"),
        Map.of("summary", "the loss jumps ⚠"),
        status,
        1_795_867_200,
        0,
        7.25,
        false);
  }

  private static Mail.Settings settings(String host, Path password, boolean tls) {
    return new Mail.Settings(
        "ops@example.org, team@example.org",
        "Imago <imago@example.org>",
        host,
        password == null ? "" : "imago",
        password,
        tls);
  }

  @Test
  void sendsAGroupToAllAddresses(@TempDir Path folder) throws Exception {
    Path password = Files.writeString(folder.resolve("password"), "s3cret\n");
    var problems = new ArrayList<String>();
    try (var post = new Post(false)) {
      var mail = new Mail(settings(post.host(), password, false), problems::add);
      assertTrue(mail.tell(List.of(alert("LossSpike", Alert.Status.FIRING))), problems::toString);
      String text = post.text();
      assertTrue(text.contains("RCPT TO:<team@example.org>"), text);
      assertTrue(text.contains("Subject: [FIRING:1] LossSpike (run-a)"), text);
      assertTrue(text.contains("Auto-Submitted: auto-generated"), text);
      String login =
          Base64.getEncoder()
              .encodeToString("imago\0imago\0s3cret".getBytes(StandardCharsets.UTF_8));
      assertTrue(text.contains(login), text);
    }
  }

  @Test
  void whatDoesNotArriveIsToldAndSentAgain() throws Exception {
    var problems = new ArrayList<String>();
    try (var post = new Post(true)) {
      assertFalse(
          new Mail(settings(post.host(), null, false), problems::add)
              .tell(List.of(alert("A", Alert.Status.FIRING))));
    }
    try (var post = new Post(false)) {
      assertFalse(
          new Mail(settings(post.host(), null, true), problems::add)
              .tell(List.of(alert("A", Alert.Status.FIRING))),
          "no STARTTLS, and it is asked for");
      assertFalse(post.text().contains("MAIL FROM"));
    }
    assertEquals(2, problems.size());
    assertTrue(problems.get(1).contains("STARTTLS"), problems::toString);
  }

  @Test
  void saysWhatFiresAndRefusesSettingsThatCannotBe() {
    List<Alert> two = List.of(alert("A", Alert.Status.RESOLVED), alert("A", Alert.Status.RESOLVED));
    assertEquals("[RESOLVED] A (run-a)", Mail.subject(two));
    assertTrue(Mail.text(two).contains("summary: the loss jumps ⚠"));
    assertThrows(ConfigException.class, () -> settings("nowhere", null, false));
    assertThrows(
        ConfigException.class,
        () -> new Mail.Settings("nobody", "a@b.example", "h:25", "", null, true));
    assertThrows(
        ConfigException.class,
        () -> new Mail.Settings("a@b.example", "a@b.example", "h:25", "user", null, true));
  }
}
