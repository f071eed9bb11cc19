package io.tracestore.tools.clickhouse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The rights of users, kept by the engine itself. It knows one user, who has a role for each of
 * ours; a session takes on the role of the user that it is for.
 */
final class AccessRights {
  private static final String ROLE_OF_THE_REST = "unlimited";

  private final List<User> limited;

  private AccessRights(List<User> limited) {
    this.limited = limited;
  }

  static AccessRights of(Collection<User> users) {
    return new AccessRights(users.stream().filter(User::isLimited).toList());
  }

  /** The role of {@code user}; none if it may do everything, as a session may at first. */
  Optional<String> role(User user) {
    int number = limited.indexOf(user);
    return number < 0 ? Optional.empty() : Optional.of(role(number));
  }

  private static String role(int number) {
    return "limited_" + number;
  }

  /**
   * Writes the configuration of the engine.
   *
   * @return the file to be given to it; none where nobody is limited
   */
  Optional<Path> writeTo(Path directory) throws IOException {
    if (limited.isEmpty()) {
      return Optional.empty();
    }
    Files.createDirectories(directory);
    Path users = directory.resolve("users.xml");
    Files.writeString(users, usersXml());
    Path configuration = directory.resolve("config.xml");
    Files.writeString(
        configuration,
        "<clickhouse><users_config>%s</users_config></clickhouse>\n".formatted(escaped(users)));
    return Optional.of(configuration);
  }

  private String usersXml() {
    StringBuilder roles = new StringBuilder(role(ROLE_OF_THE_REST, List.of("ALL ON *.*")));
    StringBuilder granted = new StringBuilder(query(ROLE_OF_THE_REST));
    for (int number = 0; number < limited.size(); number++) {
      roles.append(role(role(number), limited.get(number).rights()));
      granted.append(query(role(number)));
    }
    return """
    <clickhouse>
      <profiles><default/></profiles>
      <quotas><default/></quotas>
      <roles>%s</roles>
      <users>
        <default>
          <password/>
          <networks><ip>::/0</ip></networks>
          <profile>default</profile>
          <quota>default</quota>
          <grants>%s</grants>
        </default>
      </users>
    </clickhouse>
    """
        .formatted(roles, granted);
  }

  private static String role(String name, List<String> rights) {
    StringBuilder queries = new StringBuilder();
    rights.forEach(right -> queries.append(query(right)));
    return "<%1$s><grants>%2$s</grants></%1$s>".formatted(name, queries);
  }

  private static String query(String granted) {
    return "<query>GRANT " + escaped(granted) + "</query>";
  }

  private static String escaped(Object text) {
    return text.toString().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
