package io.tracestore.compat.net;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/**
 * A new key, and a certificate that it has signed itself, for a server on this machine.
 *
 * @param keys a PKCS12 store with the key, whose password is {@code changeit}
 * @param pem the certificate
 */
public record ServerCertificate(Path keys, Path pem) {
  private static final String STORE_PASSWORD = "changeit";

  /**
   * Makes files in {@code directory}.
   *
   * @param name what they are called
   * @param addresses for what the certificate is valid, such as {@code ip:127.0.0.1}
   */
  public static ServerCertificate make(Path directory, String name, String addresses)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path keys = directory.resolve(name + ".p12");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            "server",
            "-keyalg",
            "EC",
            "-dname",
            "CN=" + name,
            "-ext",
            "san=" + addresses,
            "-validity",
            "2",
            "-storetype",
            "PKCS12",
            "-storepass",
            STORE_PASSWORD,
            "-keystore",
            keys.toString());
    Process keytool =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve(name + ".log").toFile())
            .start();
    if (keytool.waitFor() != 0) {
      throw new IOException(
          "keytool failed: " + Files.readString(directory.resolve(name + ".log")));
    }
    return new ServerCertificate(keys, writePem(keys, directory.resolve(name + ".pem")));
  }

  private static Path writePem(Path keys, Path pem) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      store.load(in, STORE_PASSWORD.toCharArray());
    }
    String base64 =
        Base64.getMimeEncoder(64, new byte[] {'\n'})
            .encodeToString(store.getCertificate("server").getEncoded());
    return Files.writeString(
        pem, "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n".formatted(base64));
  }
}
