package dev.imago.prepare;

import dev.imago.core.Counted;
import dev.imago.core.Draft;
import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.data.Corpus;
import dev.imago.data.Documents;
import dev.imago.data.InOrder;
import dev.imago.data.Split;
import dev.imago.duplicates.DuplicateRules;
import dev.imago.duplicates.SignatureFile;
import dev.imago.duplicates.Signatures;
import dev.imago.duplicates.Signer;
import dev.imago.duplicates.Traits;

/// Makes the signatures of a corpus, both sides of its split: what repeats it later is left out by
/// [Prepare].
public final class SignCorpus
    extends Stage<SignCorpus.Inputs, SignCorpus.Config, SignCorpus.Outputs> {
  /// @param corpus that later ones must not repeat
  public record Inputs(Corpus corpus) {}

  /// @param bands of a signature: those of the corpora that will be compared with it
  /// @param rows of a band
  public record Config(int bands, int rows) {
    public Config {
      new DuplicateRules(true, true, true, 1, bands, rows);
    }

    public static Config defaults() {
      return new Config(DuplicateRules.defaults().bands(), DuplicateRules.defaults().rows());
    }
  }

  /// @param signatures `signatures.bin`
  public record Outputs(Signatures signatures) {}

  private record Signed(String id, Traits traits) {}

  public SignCorpus() {
    super("sign", 1, Inputs.class, Config.defaults(), Outputs.class);
  }

  @Override
  public Outputs run(Inputs inputs, Config config, Run run) throws InterruptedException {
    var rules = new DuplicateRules(true, true, true, 1, config.bands(), config.rows());
    var signer = new Signer(rules);
    Draft draft = run.draft(Signatures.class, "signatures");
    long[] documents = {0};
    long bytes = 0;
    for (Split split : Split.values()) {
      bytes += Documents.packedBytes(inputs.corpus().folder(), split.fileName());
    }
    try (Progress progress = run.progress("sign", bytes, "bytes");
        var writer = new SignatureFile.Writer(draft.folder().resolve(SignatureFile.NAME), rules)) {
      for (Split split : Split.values()) {
        try (var reader =
            new Documents.Reader(inputs.corpus().folder(), split.fileName(), progress::add)) {
          InOrder.map(
              reader,
              run.threads(),
              each -> each.text().length(),
              each -> {
                String source = each.tags().getOrDefault("url", each.source());
                return new Signed(each.id(), signer.sign(each.text(), source));
              },
              signed -> {
                writer.add(signed.id(), signed.traits());
                documents[0]++;
              });
        }
      }
      writer.done();
    }
    run.note(Counted.of(documents[0], "documents") + " signed");
    return new Outputs(draft.commit(Signatures.class));
  }
}
