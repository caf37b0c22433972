internal import CP11Kit

extension Session {
    /// All data objects with exactly this label and application.
    ///
    /// Private ones are visible only after the login.
    public func dataObjects(label: String, application: String = "") throws(CryptokiError) -> [DataObject] {
        try exclusively("C_FindObjects") { () throws(CryptokiError) in
            try findData(label: label, application: application).map(\.object)
        }
    }

    /// The data object with exactly this label and application; nil when there is none.
    ///
    /// - Throws: ``CryptokiError``; of kind `ambiguous` when there are several, `loginRequired` when nobody is logged
    ///   in: a private object would not be seen, and its absence not be known.
    public func dataObject(label: String, application: String = "") throws(CryptokiError) -> DataObject? {
        try exclusively("C_FindObjects") { () throws(CryptokiError) in
            try requireLogin("C_FindObjects", why: "private data objects cannot be seen")
            return try onlyData(label: label, application: application)?.object
        }
    }

    /// Stores a new data object on the token.
    ///
    /// - Throws: ``CryptokiError``; of kind `exists` when one of this label and application is there.
    @discardableResult
    public func createDataObject(
        label: String, application: String = "", value: [UInt8], isPrivate: Bool = true
    ) throws(CryptokiError) -> DataObject {
        try exclusively("C_CreateObject") { () throws(CryptokiError) in
            try requireWritable("C_CreateObject")
            try requireLogin("C_CreateObject", why: "private data objects cannot be seen or made")
            guard try findData(label: label, application: application).isEmpty else {
                throw CryptokiError(
                    .exists, in: "C_CreateObject", token: self.label,
                    "The token \"\(self.label)\" already has a data object \"\(label)\" of the application "
                        + "\"\(application)\".")
            }
            let object = DataObject(label: label, application: application, value: value, isPrivate: isPrivate)
            try createData(object)
            return object
        }
    }

    /// Gives a data object a new value, in place where the token lets it.
    ///
    /// Where it does not, the new object is made before the old one is destroyed, so that a power cut leaves two rather
    /// than none: ``dataObjects(label:application:)`` then shows both, and ``destroy(_:)-(DataObject)`` removes one.
    ///
    /// - Returns: the object as it is now, read back from the token.
    @discardableResult
    public func update(_ object: DataObject, value: [UInt8]) throws(CryptokiError) -> DataObject {
        try exclusively("C_SetAttributeValue") { () throws(CryptokiError) in
            try requireWritable("C_SetAttributeValue")
            guard let old = try onlyData(label: object.label, application: object.application) else {
                throw absent(object, "C_SetAttributeValue")
            }
            let code = AttributeTemplate().set(CKA_VALUE, value).withAttributes { attributes, count in
                cryptoki.answer { $0.pointee.C_SetAttributeValue?(handle, old.handle, attributes, count) }
            }
            switch code {
            case CKR_OK: break
            case CKR_ATTRIBUTE_READ_ONLY, CKR_ATTRIBUTE_TYPE_INVALID, CKR_ATTRIBUTE_VALUE_INVALID,
                CKR_TEMPLATE_INCONSISTENT, CKR_ACTION_PROHIBITED, CKR_FUNCTION_NOT_SUPPORTED:
                try createData(
                    DataObject(
                        label: object.label, application: object.application, value: value,
                        isPrivate: old.object.isPrivate))
                try destroyObject(old.handle)
            default: throw CryptokiError(code, from: "C_SetAttributeValue", token: label)
            }
            guard let now = try onlyData(label: object.label, application: object.application)?.object,
                now.value == value
            else {
                throw CryptokiError(
                    .deviceFailed, in: "C_SetAttributeValue", token: label,
                    "The token \"\(label)\" took a new value for the data object \"\(object.label)\" and shows another."
                )
            }
            return now
        }
    }

    /// Destroys a data object: the one of this label, application and value.
    public func destroy(_ object: DataObject) throws(CryptokiError) {
        try exclusively("C_DestroyObject") { () throws(CryptokiError) in
            try requireWritable("C_DestroyObject")
            let matches = try findData(label: object.label, application: object.application)
            guard let found = matches.first(where: { $0.object.value == object.value }) else {
                throw absent(object, "C_DestroyObject")
            }
            try destroyObject(found.handle)
        }
    }

    private func absent(_ object: DataObject, _ function: String) -> CryptokiError {
        CryptokiError(
            .notFound, in: function, token: label,
            "The token \"\(label)\" has no such data object \"\(object.label)\" of the application "
                + "\"\(object.application)\".")
    }

    private func createData(_ object: DataObject) throws(CryptokiError) {
        var created: CK_OBJECT_HANDLE = 0
        try AttributeTemplate()
            .set(CKA_CLASS, number: CKO_DATA).set(CKA_TOKEN, true).set(CKA_PRIVATE, object.isPrivate)
            .set(CKA_LABEL, object.label).set(CKA_APPLICATION, object.application).set(CKA_VALUE, object.value)
            .withAttributes { attributes, count in
                cryptoki.answer { $0.pointee.C_CreateObject?(handle, attributes, count, &created) }
            }
            .check("C_CreateObject", token: label)
    }

    private func onlyData(label: String, application: String) throws(CryptokiError) -> FoundData? {
        let found = try findData(label: label, application: application)
        guard found.count <= 1 else {
            throw CryptokiError(
                .ambiguous, in: "C_FindObjects", token: self.label,
                "The token \"\(self.label)\" has \(found.count) data objects \"\(label)\" of the application "
                    + "\"\(application)\" where there must be one.")
        }
        return found.first
    }

    private struct FoundData {
        let handle: CK_OBJECT_HANDLE
        let object: DataObject
    }

    private func findData(label: String, application: String) throws(CryptokiError) -> [FoundData] {
        let template = AttributeTemplate().set(CKA_CLASS, number: CKO_DATA).set(CKA_LABEL, label)
        var found: [FoundData] = []
        for handle in try findObjects(template) {
            // Read back: a module may match loosely, and some have no index for the application.
            let object = DataObject(
                label: try text(CKA_LABEL, of: handle) ?? "", application: try text(CKA_APPLICATION, of: handle) ?? "",
                value: try bytes(CKA_VALUE, of: handle) ?? [], isPrivate: try truth(CKA_PRIVATE, of: handle) ?? false)
            guard object.label.utf8.elementsEqual(label.utf8),
                object.application.utf8.elementsEqual(application.utf8)
            else { continue }
            found.append(FoundData(handle: handle, object: object))
        }
        return found
    }
}
