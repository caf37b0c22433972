import java.io.FileInputStream;
import java.security.KeyStore;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.util.ArrayList;
import java.util.List;

/** TrustStoreJudge STORE INTERMEDIATE DEVICE [CRL...]: 0 the device is accepted, 1 it is refused. */
public class TrustStoreJudge {
    public static void main(String[] paths) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (FileInputStream stream = new FileInputStream(paths[0])) {
            store.load(stream, "changeit".toCharArray());
        }
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<Certificate> chain = new ArrayList<>();
        List<Object> lists = new ArrayList<>();
        for (int index = 1; index < paths.length; index++) {
            try (FileInputStream stream = new FileInputStream(paths[index])) {
                if (index < 3) chain.add(0, factory.generateCertificate(stream));
                else lists.add(factory.generateCRL(stream));
            }
        }
        PKIXParameters parameters = new PKIXParameters(store);
        parameters.setRevocationEnabled(!lists.isEmpty());
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(lists)));
        System.out.print("Java " + System.getProperty("java.version") + ": ");
        try {
            CertPathValidator.getInstance("PKIX").validate(factory.generateCertPath(chain), parameters);
        } catch (CertPathValidatorException refusal) {
            System.out.println("refused: " + refusal.getReason() + " " + refusal.getMessage());
            System.exit(1);
        }
        System.out.println("accepted");
    }
}
