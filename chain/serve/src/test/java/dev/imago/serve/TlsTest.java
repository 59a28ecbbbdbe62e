package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir Path folder;

  private record Pair(Path certificate, Path key, KeyStore store) {
    ServerConfig.TlsFiles files() {
      return new ServerConfig.TlsFiles(certificate, key);
    }
  }

  /// A certificate that signs itself, made by the JDK's own tool.
  private Pair pair(String name, String algorithm) throws Exception {
    Path store = folder.resolve(name + ".p12");
    Process tool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                algorithm,
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost,ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .start();
    String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, tool.waitFor(), said);
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
    Certificate certificate = keys.getCertificate("server");
    Key key = keys.getKey("server", PASSWORD);
    return new Pair(
        pem(name + ".crt", "CERTIFICATE", certificate.getEncoded()),
        pem(name + ".key", "PRIVATE KEY", key.getEncoded()),
        keys);
  }

  private Path pem(String name, String kind, byte[] der) throws Exception {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return Files.writeString(
        folder.resolve(name),
        "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(kind, base64, kind));
  }

  private ServerConfig config(ServerConfig.TlsFiles files) {
    return Running.config(
        folder,
        new ServerConfig.Listening("127.0.0.1", 0, List.of(), false, Optional.of(files)),
        "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC", "Ed25519"})
  void servesOverHttps(String algorithm) throws Exception {
    Pair pair = pair("good", algorithm);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(pair.store());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    try (var running = new Running(config(pair.files()), new ScriptedBackend(100, "Hi"));
        HttpClient client = HttpClient.newBuilder().sslContext(context).build()) {
      assertEquals("https", running.server.address().getScheme());
      var answer =
          client.send(
              HttpRequest.newBuilder(running.uri("/health")).build(), BodyHandlers.ofString());
      assertEquals("{\"status\":\"ok\"}", answer.body());
    }
  }

  private String refused(Path certificate, Path key) {
    var backend = new ScriptedBackend(100);
    String message =
        String.valueOf(
            assertThrows(
                    ConfigException.class,
                    () ->
                        new Running(config(new ServerConfig.TlsFiles(certificate, key)), backend)
                            .close())
                .getMessage());
    assertTrue(backend.closed, "what was opened is closed");
    return message;
  }

  @Test
  void namesTheFileThatCannotBeUsedAndWhy() throws Exception {
    Pair good = pair("good", "EC");
    Pair other = pair("other", "EC");
    Path none = folder.resolve("none.pem");
    Path text = Files.writeString(folder.resolve("text.pem"), "no certificate at all");
    Path empty = Files.writeString(folder.resolve("empty.pem"), "");
    Path old = pem("old.key", "RSA PRIVATE KEY", new byte[] {1, 2, 3});
    Path locked = pem("locked.key", "ENCRYPTED PRIVATE KEY", new byte[] {1, 2, 3});
    Path garbage = pem("garbage.key", "PRIVATE KEY", new byte[] {1, 2, 3});
    String[][] cases = {
      {refused(none, good.key()), "--tls-cert = ", "none.pem is not there"},
      {refused(good.certificate(), none), "--tls-key = ", "none.pem is not there"},
      {refused(text, good.key()), "text.pem", "no certificate"},
      {refused(empty, good.key()), "empty.pem", "no certificate"},
      {refused(good.certificate(), text), "text.pem", "no private key"},
      {refused(good.certificate(), good.certificate()), "good.crt", "no private key"},
      {refused(good.certificate(), old), "RSA PRIVATE KEY", "openssl pkcs8"},
      {refused(good.certificate(), locked), "ENCRYPTED PRIVATE KEY", "-nodes"},
      {refused(good.certificate(), garbage), "garbage.key", "not the key of the certificate"},
      {refused(good.certificate(), other.key()), "other.key", "not the key of the certificate"},
      {refused(good.certificate(), pair("rsa", "RSA").key()), "rsa.key", "EC"},
      {refused(folder, good.key()), folder.toString(), "cannot be read"},
    };
    for (String[] each : cases) {
      assertTrue(each[0].contains(each[1]) && each[0].contains(each[2]), each[0]);
    }
  }
}
