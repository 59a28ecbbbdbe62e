package dev.imago.cli;

import static dev.imago.cli.Said.imago;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `imago serve --dry-run`: all that can be looked at is.
class GatewaySettingsTest {
  @TempDir Path folder;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private Said dry(String gateway, Object... more) throws IOException {
    Path model = file("m.gguf", "");
    Object[] words = new Object[7 + more.length];
    System.arraycopy(
        new Object[] {
          "--workspace", folder, "serve", model, "--dry-run", "--config", file("g.yaml", gateway)
        },
        0,
        words,
        0,
        7);
    System.arraycopy(more, 0, words, 7, more.length);
    return imago(words);
  }

  private void refused(Said said, String words) {
    assertEquals(2, said.exit(), said.out() + said.err());
    assertTrue(said.err().contains(words), said.err());
  }

  @Test
  void settingsThatAreRightAreTold() throws IOException {
    file("more.txt", "kill\n\n");
    Said said =
        dry(
            "serve: {port: 0}\n"
                + "limits: [{scope: organisation, who: a, what: tokens, amount: '5'}]\n"
                + "masking: {all: {email: number}}\n"
                + "policy: {tenants: {acme: {tools: [], maxAnswer: 9, hours: '08:00-18:00', days:"
                + " [mon]}}}\n"
                + "provenance: true\n"
                + "otlp: {endpoint: 'http://127.0.0.1:9', headers: {a: b}, share: 0.5}\n",
            "--moderation",
            file("words.yaml", "insult: [fool]\nviolence: more.txt\n"),
            "--upstream",
            "far=http://127.0.0.1:9/v1");
    assertEquals(0, said.exit(), said.err());
    assertTrue(said.out().contains("nothing is wrong"), said.out());
  }

  @Test
  void whatCannotBeIsRefusedBeforeAnythingIsServed() throws IOException {
    String good = "serve: {port: 0}\n";
    refused(dry("organisations: [{name: a, currency: eur}]"), "currency = eur");
    refused(dry("prices: [{input: '1', output: '1', currency: E}]"), "currency = E");
    refused(dry("serve: {host: 0.0.0.0}"), "no key is asked");
    refused(dry(good + "otlp: true"), "otlp holds no settings");
    refused(dry(good + "otlp: {endpoint: 'localhost:4318'}"), "endpoint = localhost:4318");
    refused(dry(good + "otlp: {share: 2}"), "share = 2");
    refused(dry(good + "otlp: {protocol: grpc}"), "otlp.protocol");
    refused(dry(good + "otlp: {headers: {'a b': c}}"), "«a b»");
    refused(dry(good, "--upstream", "far=ftp://x"), "no address");
    refused(dry(good, "--alias", "x"), "NAME=MODEL");
    Path regions = file("a.yaml", "all: {email: mask}\nregions: CN\n");
    refused(dry(good, "--masking", regions), "no list");
    Path tenants = file("b.yaml", "tenants: [acme]\n");
    refused(dry(good, "--masking", tenants), "no list");
    refused(dry(good, "--moderation", file("c.yaml", "insult: []\n")), "holds no word");
    Path lists = file("d.yaml", "lists: {insult: [fool]}\nall: {prompt: off}\n");
    String judged = good + "moderation: {lists: {insult: [fool]}, all: {answer: %s}}";
    refused(dry(judged.formatted("block"), "--moderation", lists), "contradict");
    refused(dry(judged.formatted("stop")), "there are off, note, block");
    refused(dry(good + "moderation: {all: {answer: block}}"), "nothing judges");
    refused(dry(good + "moderation: {model: [a], lists: {a: [b]}}"), "moderation.model");
    refused(dry(good + "policy: {all: {maxFiles: 2XB}}"), "maxFiles = «2XB»");
    refused(dry(good + "moderation: {rules: {a: ['(a']}}"), "the rules of a");
    refused(dry(good + "moderation: {lists: {a: [b]}, tenants: [acme]}"), "moderation.tenants");
    refused(dry(good + "policy: {tenants: [acme]}"), "policy.tenants");
    refused(dry("organisations: [{name: a, webhook: 'http://a:99999'}]"), "no address");
    refused(dry(good + "policy: {all: {hours: 8-18}}"), "08:00-18:00");
    refused(dry(good + "policy: {all: {maxTokens: 9}}"), "no such setting");
    refused(dry(good + "policy: {all: {days: [monday]}}"), "mon, tue");
    refused(dry(good + "provenance: 1"), "neither true nor false");
    refused(dry(good + "provenance: true\nprovenance: false\n"), "provenance");
    Said gone = dry(good, "--moderation", folder.resolve("none.yaml"));
    assertTrue(gone.exit() != 0 && gone.err().contains("none.yaml"), gone.err());
  }
}
