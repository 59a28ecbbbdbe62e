/// The command line, which sees all.
module dev.imago.cli {
  requires com.github.luben.zstd_jni;
  requires dev.imago.accounts;
  requires dev.imago.agreement;
  requires dev.imago.alerts;
  requires dev.imago.annotate;
  requires dev.imago.annotation;
  requires dev.imago.collect;
  requires dev.imago.compress;
  requires dev.imago.console;
  requires dev.imago.constraints;
  requires dev.imago.core;
  requires dev.imago.corpus;
  requires dev.imago.count;
  requires dev.imago.crawl;
  requires dev.imago.data;
  requires dev.imago.dialogue;
  requires dev.imago.duplicates;
  requires dev.imago.embed;
  requires dev.imago.evaluate;
  requires dev.imago.feedback;
  requires dev.imago.fetch;
  requires dev.imago.generate;
  requires dev.imago.http;
  requires dev.imago.metrics;
  requires dev.imago.languages;
  requires dev.imago.labelling;
  requires dev.imago.linear;
  requires dev.imago.masking;
  requires dev.imago.model;
  requires dev.imago.moderation;
  requires dev.imago.ngram;
  requires dev.imago.prepare;
  requires dev.imago.pretrain;
  requires dev.imago.sequences;
  requires dev.imago.serve;
  requires dev.imago.sources;
  requires dev.imago.state;
  requires dev.imago.suites;
  requires dev.imago.tasks;
  requires dev.imago.templates;
  requires dev.imago.tensor;
  requires dev.imago.tokenize;
  requires dev.imago.tokenizers;
  requires dev.imago.torch;
  requires dev.imago.training;
  requires dev.imago.tune;
  requires dev.imago.vectors;
  requires dev.imago.vocabularies;
  requires info.picocli;
  requires java.logging;
  requires java.management;
  requires java.net.http;
  requires jdk.incubator.vector;
  requires jdk.jfr;
  requires jdk.management;
  requires jdk.unsupported;
  requires org.apache.commons.compress;
  requires org.jline.reader;
  requires org.jline.terminal;
  requires static org.jspecify;
  requires tools.jackson.core;
  requires tools.jackson.databind;
  requires tools.jackson.dataformat.yaml;

  // picocli fills commands, core and Jackson records.
  opens dev.imago.cli to
      dev.imago.core,
      info.picocli,
      tools.jackson.databind;
}
