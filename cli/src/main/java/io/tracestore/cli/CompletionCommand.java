package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Writes a completion script. */
@Command(
    name = "completion",
    description = {
      "Write a completion script for bash and zsh.",
      "Use it with: source <(tracestore completion)"
    })
final class CompletionCommand extends BaseCommand {
  @Spec private CommandSpec spec;

  CompletionCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    CommandSpec root = spec.root();
    AutoComplete.bash(root.name(), root.commandLine()).lines().forEach(this::print);
    return Cli.OK;
  }
}
