/// Hidden Markov models and conditional random fields: tags of sequences.
module dev.imago.sequences {
  requires static transitive org.jspecify;

  exports dev.imago.sequences;
}
