package dev.imago.http;

import dev.imago.core.ConfigException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A certificate chain and its key, from the two PEM files that every authority and every server
/// knows (`fullchain.pem` and `privkey.pem` of certbot, say).
public final class PemTls {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
  private static final String MEND =
      "`openssl pkcs8 -topk8 -nodes -in %s -out key.pem` writes one that is";

  private PemTls() {}

  /// Reads both files, and checks that they belong together.
  ///
  /// @throws ConfigException naming the file and what is wrong with it
  public static SSLContext context(Path certificates, Path key) {
    Certificate[] chain = chain(certificates);
    PrivateKey secret = key(key, chain[0].getPublicKey());
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("server", secret, new char[0], chain);
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, new SecureRandom());
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new ConfigException(
          "%s and %s cannot be used for TLS: %s".formatted(certificates, key, e.getMessage()), e);
    }
  }

  private static Certificate[] chain(Path file) {
    byte[] pem = read("--tls-cert", file);
    try {
      Collection<? extends Certificate> chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem));
      if (!chain.isEmpty()) {
        return chain.toArray(Certificate[]::new);
      }
    } catch (CertificateException e) {
      throw new ConfigException(
          "%s holds no certificate in PEM form (%s): it begins with -----BEGIN CERTIFICATE-----"
              .formatted(file, e.getMessage()),
          e);
    }
    throw new ConfigException(file + " holds no certificate: it is empty");
  }

  private static PrivateKey key(Path file, PublicKey belonging) {
    String pem = new String(read("--tls-key", file), StandardCharsets.ISO_8859_1);
    Matcher blocks = BLOCK.matcher(pem);
    while (blocks.find()) {
      String kind = blocks.group(1);
      if (kind.equals("PRIVATE KEY")) {
        return parsed(file, blocks.group(2), belonging);
      }
      if (kind.endsWith("PRIVATE KEY")) {
        throw new ConfigException(
            ("%s holds a key of the form «%s», and only «PRIVATE KEY» (PKCS #8, not encrypted) is"
                    + " read: "
                    + MEND)
                .formatted(file, kind, file));
      }
    }
    throw new ConfigException(
        "%s holds no private key in PEM form: it begins with -----BEGIN PRIVATE KEY-----"
            .formatted(file));
  }

  private static PrivateKey parsed(Path file, String base64, PublicKey belonging) {
    PrivateKey key;
    try {
      byte[] der = Base64.getMimeDecoder().decode(base64);
      key =
          KeyFactory.getInstance(belonging.getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (InvalidKeySpecException e) {
      throw new ConfigException(
          "%s is not the key of the certificate, whose kind is %s: name the two files that were made together"
              .formatted(file, belonging.getAlgorithm()),
          e);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new ConfigException(
          "%s holds no key that can be read: %s".formatted(file, e.getMessage()), e);
    }
    if (!belongTogether(key, belonging)) {
      throw new ConfigException(
          "%s is not the key of the certificate: name the two files that were made together"
              .formatted(file));
    }
    return key;
  }

  /// Whether what one signs the other verifies.
  private static boolean belongTogether(PrivateKey key, PublicKey belonging) {
    String algorithm =
        switch (belonging.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> belonging.getAlgorithm();
        };
    try {
      byte[] message = {1, 2, 3};
      Signature signing = Signature.getInstance(algorithm);
      signing.initSign(key);
      signing.update(message);
      Signature verifying = Signature.getInstance(algorithm);
      verifying.initVerify(belonging);
      verifying.update(message);
      return verifying.verify(signing.sign());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static byte[] read(String option, Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new ConfigException("%s = %s is not there".formatted(option, file), e);
    } catch (IOException e) {
      throw new ConfigException("%s = %s cannot be read: %s".formatted(option, file, e), e);
    }
  }
}
