package dev.imago.serve.metering;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.accounts.Accounts;
import dev.imago.accounts.ApiKeyStore;
import dev.imago.accounts.Limits;
import dev.imago.accounts.Metering;
import dev.imago.accounts.RequestOutcome;
import dev.imago.accounts.Role;
import dev.imago.accounts.TokenUse;
import dev.imago.state.StateAddress;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoticeSenderTest {
  @TempDir Path folder;

  /// Somebody who is told: takes one request, and answers it with what is given, to its end or not.
  private record Hook(ServerSocket socket) implements AutoCloseable {
    static Hook open() throws Exception {
      var socket = new ServerSocket(0, 9, InetAddress.getLoopbackAddress());
      socket.setSoTimeout(300_000);
      return new Hook(socket);
    }

    String address() {
      return "http://127.0.0.1:%d/hook".formatted(socket.getLocalPort());
    }

    /// The connection, open; its request's head is read.
    Socket taken(List<String> head) throws Exception {
      Socket connection = socket.accept();
      connection.setSoTimeout(socket.getSoTimeout());
      var in =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
      for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
        head.add(line);
      }
      return connection;
    }

    static void say(Socket connection, String text) throws Exception {
      connection.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
      connection.getOutputStream().flush();
    }

    @Override
    public void close() throws Exception {
      socket.close();
    }
  }

  /// An organisation that is told at a hook of any use, and has used something.
  private static void pass(Accounts accounts, Metering metering, String organisation, Hook hook) {
    ApiKeyStore.Made key =
        accounts
            .keys()
            .create(
                "root",
                new ApiKeyStore.Wanted(
                    "a", organisation, "", "", Role.MEMBER, List.of("*"), List.of("*"), null));
    var _ = accounts.webhooks().set("root", organisation, hook.address());
    accounts
        .limits()
        .set(
            "root",
            new Limits.Wanted("organisation", "", organisation, "tokens", "day", "0", false));
    metering.refresh();
    metering
        .reserve(key.account(), new Metering.Use("req_" + organisation, "/", "tiny", 1, 0, 1))
        .settle(RequestOutcome.ANSWERED, new TokenUse(1, 0, 0, 0));
  }

  @Test
  void aHookThatHangsHoldsUpNoOther() throws Exception {
    try (Accounts accounts = Accounts.open(StateAddress.in(folder), folder.resolve("state"));
        Metering metering = accounts.serve();
        Hook slow = Hook.open();
        Hook endless = Hook.open();
        Hook good = Hook.open();
        NoticeSender _ = NoticeSender.start(metering, Clock.systemUTC())) {
      pass(accounts, metering, "slow", slow);
      try (Socket _ = slow.taken(new ArrayList<>())) { // which never answers
        pass(accounts, metering, "endless", endless);
        try (Socket begun = endless.taken(new ArrayList<>())) {
          Hook.say(begun, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{");
          var _ = begun.getInputStream().readAllBytes(); // until the sender lets go
          pass(accounts, metering, "good", good);
          var head = new ArrayList<String>();
          try (Socket told = good.taken(head)) {
            Hook.say(told, "HTTP/1.1 204 No Content\r\n\r\n");
            assertTrue(head.toString().contains("webhook-signature: v1,"), head.toString());
          }
        }
      }
    }
  }
}
